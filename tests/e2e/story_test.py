"""The invented fortnight: its figures agree with each other and with the partnership it leaves."""

from __future__ import annotations

import json
import shutil
import unittest

from harness import fresh_partnership, run_waymark, story_lines
from harness.partnership import SYSTEMS, Partnership
from waymark.gateway.v1 import alert_pb2, case_pb2, case_pb2_grpc
from waymark.ops.v1 import ops_pb2, ops_pb2_grpc
from waymark_client import Waiting

DOMAIN_OF_RECORDS = ("waymark-intake", "waymark-risk")


class TheFortnight(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.report = story_lines()[-1]

    def test_every_incident_that_was_accepted_is_counted_once(self):
        incidents = self.report["incidents"]
        self.assertGreater(incidents["published"], 400)
        self.assertEqual(incidents["published"], sum(incidents["by_agency"].values()))
        self.assertEqual(set(SYSTEMS), set(incidents["by_agency"]))
        self.assertEqual([], self.report["surprises"])

    def test_bands_are_given_to_no_more_than_were_published(self):
        bands = self.report["bands"]
        self.assertGreater(bands["HIGH"], 0)
        self.assertLessEqual(sum(bands.values()), self.report["incidents"]["published"])

    def test_cases_are_few_and_each_has_its_promises(self):
        cases = self.report["cases"]
        self.assertGreater(cases, 0)
        self.assertLess(cases, self.report["incidents"]["published"] / 10)
        for clock in ("profile_entry", "conference"):
            self.assertGreaterEqual(sum(self.report["clocks"][clock].values()), cases, clock)
        self.assertGreater(self.report["clocks"]["profile_entry"]["kept"], 0)
        broken = sum(clock["broken"] + clock["late"] for clock in self.report["clocks"].values())
        self.assertGreater(broken, 0, "the fortnight is meant to show a promise that was not kept")

    def test_alerts_reach_the_systems_that_subscribed(self):
        for agency, alerts in self.report["alerts"].items():
            self.assertLessEqual(alerts["delivered"], alerts["raised"], agency)
            self.assertLessEqual(alerts["acknowledged"] + alerts["escalated"], 2 * alerts["raised"])
        housing = self.report["alerts"]["housing"]
        self.assertGreater(housing["raised"], 0)
        self.assertEqual(housing["raised"], housing["delivered"])
        self.assertEqual(housing["raised"], self.report["sent"]["housing"]["alerts"])

    def test_every_refusal_to_share_says_what_is_missing(self):
        shares = self.report["shares"]
        self.assertLessEqual({"waiting", "pushed"}, {share["state"] for share in shares})
        for share in shares:
            if share["state"] == "waiting":
                self.assertTrue(share["missing"], share)
            if share["state"] in ("notified", "pushed"):
                self.assertTrue(share["lawful_gateway"] and share["clause"], share)


class TheSecondStart(unittest.TestCase):
    def test_goes_on_where_the_first_was(self):
        with fresh_partnership() as partnership:
            partnership.start()
            cases = case_ids(partnership)
            self.assertEqual(story_lines()[-1]["cases"], len(cases))
            for agency, told in story_lines()[-1]["alerts"].items():
                self.assertEqual(told["raised"], len(alerts_of(partnership, agency)), agency)
            digests = digests_of(partnership)
            self.assertEqual(0, partnership.stop())
            partnership.start()
            self.assertEqual(digests, digests_of(partnership))
            self.assertEqual(cases, case_ids(partnership))

    def test_every_audit_log_was_cosigned_by_all_and_nothing_was_found(self):
        with fresh_partnership() as partnership:
            partnership.start()
            for agency in SYSTEMS:
                lead = f"{agency}:d-1:data_protection_lead"
                done = partnership.run("audit", "status", "--as", lead, "--json")
                self.assertEqual(0, done.returncode, done.stdout + done.stderr)
                log = json.loads(done.stdout)
                self.assertEqual([], log["findings"])
                self.assertEqual(f"fenland.waymark/audit/{agency}", log["origin"])
                self.assertEqual(set(SYSTEMS) - {agency}, {w["agency"] for w in log["witnesses"]})
                for one in log["witnesses"] + log["seen"]:
                    self.assertGreater(int(one["size"]), 0, one)

    def test_a_core_service_that_lost_its_store_is_rebuilt_to_the_same_state(self):
        with fresh_partnership() as partnership:
            partnership.start()
            digests, cases = digests_of(partnership), case_ids(partnership)
            self.assertEqual(0, partnership.stop())
            for service in ("intake", "risk", "casemgr"):
                shutil.rmtree(partnership.data / "core" / service / "store")
                done = run_waymark("rebuild", service, "--data", partnership.data)
                self.assertEqual(0, done.returncode, done.stdout + done.stderr)
            partnership.start()
            self.assertEqual(digests, digests_of(partnership))
            self.assertEqual(cases, case_ids(partnership))


def case_ids(partnership: Partnership) -> set[str]:
    found = set()
    for agency in SYSTEMS:
        certificate = partnership.system_certificate(agency, "console")
        stub = case_pb2_grpc.CaseServiceStub(partnership.channel(agency, certificate))
        metadata = [("authorization", f"Bearer {partnership.token(agency)}")]
        request = case_pb2.ListCasesRequest(partnership="fenland")
        found |= {case.case_id for case in stub.ListCases(request, metadata=metadata).cases}
    return found


def alerts_of(partnership: Partnership, agency: str) -> list[alert_pb2.AlertStatus]:
    return partnership.gateway(agency, waiting=Waiting(attempts=1)).alerts()


def digests_of(partnership: Partnership) -> dict[str, str]:
    """Of the core services whose state only records change, never time."""
    channel = partnership.channel("operator", partnership.operator_certificate())
    status = ops_pb2_grpc.OperatorServiceStub(channel).GetStatus(ops_pb2.GetStatusRequest())
    return {
        shard.id: shard.digest
        for part in status.parts
        if part.program in DOMAIN_OF_RECORDS
        for shard in part.shards
    }


if __name__ == "__main__":
    unittest.main()
