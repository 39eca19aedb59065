"""packs/pack.schema.json, as an editor would use it: all packs pass, and what the reader of packs
refuses for its shape is refused by the schema too. jsonschema judges; the values come from PyYAML,
told to read words as YAML 1.2 does (`yes` is a word)."""

import copy
import json
import re
import unittest
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]


class Loader(yaml.SafeLoader):
    """true and false and whole and decimal numbers; everything else is a text."""

    yaml_implicit_resolvers: dict = {}


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?\d+$"), list("-0123456789"))
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^\d+\.\d+$"), list("0123456789"))


def load(path: Path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader)


class SchemaTest(unittest.TestCase):
    def setUp(self):
        schema = json.loads((ROOT / "packs/pack.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        self.schema = jsonschema.Draft202012Validator(schema)

    def test_every_pack_and_part_passes(self):
        files = [*ROOT.glob("packs/*.yaml"), *ROOT.glob("packs/parts/*.yaml"),
                 ROOT / "cli/pack/testdata/specimen.yaml"]
        self.assertGreater(len(files), 11)
        for file in files:
            errors = [f"{'.'.join(map(str, e.absolute_path))}: {e.message}"
                      for e in self.schema.iter_errors(load(file))]
            self.assertEqual(errors, [], file.name)

    def test_an_unknown_key_fails_wherever_it_stands(self):
        specimen = load(ROOT / "cli/pack/testdata/specimen.yaml")
        closed = 0
        for place in self.maps(specimen, []):
            changed = copy.deepcopy(specimen)
            node = changed
            for step in place:
                node = node[step]
            node["zzz"] = {"zzz": [{}]}
            if self.schema.is_valid(changed):
                self.fail(f"zzz at {place} passes")
            closed += 1
        self.assertGreater(closed, 60)

    def test_a_value_of_the_wrong_type_fails_wherever_it_stands(self):
        specimen = load(ROOT / "cli/pack/testdata/specimen.yaml")
        for place in list(self.leaves(specimen, [])):
            node = specimen
            for step in place[:-1]:
                node = node[step]
            good, node[place[-1]] = node[place[-1]], {"zzz": {"zzz": 1}}
            self.assertFalse(self.schema.is_valid(specimen), f"a map at {place} passes")
            node[place[-1]] = good

    def test_a_needed_key_left_out_fails(self):
        fenland = load(ROOT / "packs/fenland.yaml")
        for place in ("pack", "clocks.update.owner", "agencies.police.hours",
                      "repeat_rules.response_30d.fires_at", "grade.bands.regular.low"):
            changed = copy.deepcopy(fenland)
            *steps, last = place.split(".")
            node = changed
            for step in steps:
                node = node[step]
            del node[last]
            self.assertFalse(self.schema.is_valid(changed), place)

    def maps(self, node, place):
        if isinstance(node, dict):
            yield place
            for key, child in node.items():
                yield from self.maps(child, place + [key])
        elif isinstance(node, list):
            for index, child in enumerate(node):
                yield from self.maps(child, place + [index])

    def leaves(self, node, place):
        if isinstance(node, dict):
            for key, child in node.items():
                yield from self.leaves(child, place + [key])
        elif isinstance(node, list):
            for index, child in enumerate(node):
                yield from self.leaves(child, place + [index])
        else:
            yield place


if __name__ == "__main__":
    unittest.main()
