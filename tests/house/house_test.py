"""The house rules hold for the tree, and the checker catches each kind of breach."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "check"))

import house  # noqa: E402


def rules_broken(file: str, text: str) -> set[str]:
    return {breach.rule for breach in house.check_source(file, text)}


class TheTree(unittest.TestCase):
    def test_keeps_the_house_rules(self):
        breaches = house.check_tree(ROOT)
        self.assertEqual([], [str(breach) for breach in breaches])


class TheChecker(unittest.TestCase):
    def test_finds_a_library_outside_its_home(self):
        self.assertEqual({"layer"}, rules_broken("services/risk/app/a.cc", "#include <rocksdb/db.h>\n"))
        self.assertEqual(set(), rules_broken("libs/store/rocks_store.cc", "#include <rocksdb/db.h>\n"))

    def test_keeps_what_checks_apart_from_what_it_checks(self):
        self.assertEqual(set(), rules_broken("tests/checker/a.cc", '#include "rocksdb/db.h"\n'))
        self.assertEqual(set(), rules_broken("tests/checker/a.cc", '#include "tests/checker/b.h"\n'))
        self.assertEqual({"layer"}, rules_broken("tests/faults/a.cc", '#include "rocksdb/db.h"\n'))
        for include in ("libs/store/store.h", "services/sharing/membership.h", "cli/version.h"):
            text = f'#include "{include}"\n'
            self.assertEqual({"layer"}, rules_broken("tests/checker/a.cc", text), include)

    def test_keeps_pure_code_pure(self):
        for include in ('"libs/crypto/hash.h"', '"waymark/common/v1/terms.pb.h"', '<google/x.h>'):
            text = f"#include {include}\n"
            self.assertEqual({"layer"}, rules_broken("services/risk/domain/a.cc", text), include)
            self.assertEqual({"layer"}, rules_broken("libs/rules/a.cc", text), include)
        pure = '#include <vector>\n#include "absl/time/time.h"\n#include "libs/pack/pack.h"\n'
        self.assertEqual(set(), rules_broken("services/risk/domain/a.cc", pure))

    def test_keeps_a_domain_from_its_adapters(self):
        text = '#include "services/risk/adapters/keys.h"\n'
        self.assertEqual({"layer"}, rules_broken("services/risk/domain/a.cc", text))

    def test_keeps_services_apart(self):
        text = '#include "services/intake/domain/link.h"\n'
        self.assertEqual({"layer"}, rules_broken("services/risk/app/a.cc", text))
        self.assertEqual({"layer"}, rules_broken("libs/runtime/a.cc", text))

    def test_finds_forbidden_calls_but_not_in_comments(self):
        self.assertEqual({"call"}, rules_broken("libs/rpc/a.cc", "auto t = absl::Now();\n"))
        self.assertEqual(set(), rules_broken("libs/rpc/a.cc", "// absl::Now() is not used here\n"))
        self.assertEqual(set(), rules_broken("libs/base/clock.cc", "auto t = absl::Now();\n"))

    def test_counts_lines_columns_and_functions(self):
        self.assertEqual({"line"}, rules_broken("libs/rpc/a.cc", "x" * 101 + "\n"))
        self.assertEqual({"file"}, rules_broken("libs/rpc/a.cc", "\n" * 501))
        body = "  Step();\n" * 70
        self.assertEqual({"function"}, rules_broken("libs/rpc/a.cc", f"void F() {{\n{body}}}\n"))
        inside = f"namespace a {{\nclass B {{\n  void F() {{\n{body}  }}\n}};\n}}\n"
        self.assertEqual({"function"}, rules_broken("libs/rpc/a.h", inside))
        short = "  Step();\n" * 68
        self.assertEqual(set(), rules_broken("libs/rpc/a.cc", f"void F() {{\n{short}}}\n"))


if __name__ == "__main__":
    unittest.main()
