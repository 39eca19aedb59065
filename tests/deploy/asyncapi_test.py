"""docs/asyncapi.yaml and the code name the same topics, records and headers, in both directions."""

import pathlib
import re
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
API = yaml.safe_load((ROOT / "docs/asyncapi.yaml").read_text())

# Files of which every message that is no part of another is a record, and their channel.
RECORD_FILES = {
    "intake/v1/events.proto": "intake",
    "risk/v1/events.proto": "risk",
    "casemgr/v1/events.proto": "casemgr",
    "casemgr/v1/inbox.proto": "memberInbox",
    "gateway/v1/outbound.proto": "memberOut",
}
# Sealed inside a record, so no field shows where they belong.
SEALED = {"TokenSheet"}


def read(path: str) -> str:
    return (ROOT / path).read_text()


def messages_of(path: str) -> set[str]:
    text = read(f"proto/waymark/{path}")
    names = set(re.findall(r"^message (\w+)", text, re.MULTILINE))
    return names - set(re.findall(r"^\s+(?:repeated |optional )?(\w+) \w+ = \d+", text, re.MULTILINE))


def names_in(channel: str) -> set[str]:
    refs = (m["$ref"] for m in API["channels"][channel]["messages"].values())
    return {ref.removeprefix("#/components/messages/") for ref in refs}


def code(folder: str) -> str:
    return "\n".join(
        path.read_text()
        for path in sorted((ROOT / folder).rglob("*.cc"))
        if not path.name.endswith("_test.cc") and "testing" not in path.parts
    )


class AsyncApiTest(unittest.TestCase):
    def test_every_record_of_the_protos_is_on_its_channel(self):
        for file, channel in RECORD_FILES.items():
            package = "waymark." + file.rsplit("/", 1)[0].replace("/", ".")
            wanted = {f"{package}.{name}" for name in messages_of(file) - SEALED}
            with self.subTest(file):
                self.assertTrue(wanted)
                self.assertEqual(wanted - names_in(channel), set())

    def test_every_message_named_exists_and_is_used_by_the_code(self):
        services = code("services")
        for name, message in API["components"]["messages"].items():
            with self.subTest(name):
                self.assertEqual(message["name"], name)
                if name.startswith("waymark.runtime."):
                    self.assertIn(f'"{name}"', read("libs/runtime/cloud_event.h"))
                    continue
                path, short = message["payload"]["schema"]["$ref"].removeprefix("../").split("#")
                self.assertIn(f"message {short} ", read(path))
                package = ".".join(path.split("/")[1:-1])
                self.assertEqual(name, f"{package}.{short}")
                self.assertRegex(services, rf"\b{short}\b")

    def test_every_type_the_core_takes_from_a_topic_is_named(self):
        named = {name.rsplit(".", 1)[1] for name in API["components"]["messages"]}
        found = set()
        for service in ("intake", "risk", "casemgr"):
            text = code(f"services/{service}/app")
            found |= set(re.findall(
                r"(?:input|event)\.type == (?:\w+::)*(\w+)::descriptor\(\)->full_name\(\)", text))
            found |= set(re.findall(r"\bIs<(?:\w+::)*(\w+)>\((?:input|event)\.type", text))
        self.assertGreater(len(found), 10)
        self.assertEqual(found - named, set())

    def test_topics_are_those_of_the_code(self):
        text = read("libs/config/topics.h") + read("libs/config/topics.cc")
        core = set(re.findall(r'"(waymark\.[a-z]+\.v1)"', text))
        kinds = set(re.findall(r'"\.?(out|inbox|audit)(?:\.v1)?"', text))
        member = {f"waymark.member.{{partnership}}.{{agency}}.{kind}.v1" for kind in kinds}
        addresses = {channel["address"] for channel in API["channels"].values()}
        self.assertEqual(len(kinds), 3)
        self.assertEqual(addresses, core | member)
        road = read("docs/road.md")
        for address in addresses:
            shown = address.replace("{partnership}", "<p>").replace("{agency}", "<a>")
            self.assertIn(f"| `{shown}` |", road)

    def test_headers_are_those_the_code_writes_and_reads(self):
        text = read("libs/runtime/cloud_event.cc")
        written = set(re.findall(r'"(ce_[a-z]+|content-type|traceparent)"', text))
        described = API["components"]["messageTraits"]["cloudEvent"]["headers"]
        self.assertEqual(written, set(described["properties"]))
        self.assertEqual(set(described["required"]) - written, set())

    def test_every_channel_is_read_and_written(self):
        for action in ("send", "receive"):
            channels = {o["channel"]["$ref"].rsplit("/", 1)[1]
                        for o in API["operations"].values() if o["action"] == action}
            self.assertEqual(channels, set(API["channels"]))


if __name__ == "__main__":
    unittest.main()
