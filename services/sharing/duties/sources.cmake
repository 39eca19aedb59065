list(APPEND SHARING_DOMAIN_SOURCES
  duties/domain/clocks.cc duties/domain/docket.cc duties/domain/high_assessed.cc
  duties/domain/identity.cc duties/domain/model.cc duties/domain/notices.cc
  duties/domain/timers.cc duties/domain/work_on_case.cc)
list(APPEND SHARING_SOURCES
  duties/adapters/ask_register.cc duties/adapters/codec.cc duties/adapters/commands.cc
  duties/adapters/duties_room.cc duties/adapters/duties_view.cc duties/adapters/facts.cc
  duties/adapters/inbox.cc duties/adapters/leaf.cc
  duties/adapters/reads.cc duties/adapters/screen.cc)
list(APPEND SHARING_TEST_SOURCES
  duties/domain/clocks_test.cc duties/domain/notices_test.cc duties/domain/work_on_case_test.cc
  duties/adapters/duties_test.cc testing/duties_world.cc)
