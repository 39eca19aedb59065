list(APPEND SHARING_DOMAIN_SOURCES audit/domain/judge.cc audit/domain/schedule.cc)
list(APPEND SHARING_SOURCES
  audit/adapters/audit_effects.cc audit/adapters/audit_room.cc audit/adapters/audit_view.cc
  audit/adapters/calls.cc audit/adapters/findings.cc
  audit/adapters/own_log.cc audit/adapters/start_check.cc audit/adapters/witness.cc)
list(APPEND SHARING_TEST_SOURCES
  audit/domain/judge_test.cc app/audit_test.cc app/leaf_table_test.cc)
