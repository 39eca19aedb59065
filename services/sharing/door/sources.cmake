list(APPEND SHARING_DOMAIN_SOURCES
  door/domain/assess.cc door/domain/check.cc door/domain/look_up.cc door/domain/standing.cc
  door/domain/supervise.cc)
list(APPEND SHARING_SOURCES
  door/adapters/ask_partners.cc door/adapters/codec.cc door/adapters/door_room.cc door/adapters/look_up.cc
  door/adapters/publish.cc door/adapters/publish_stream.cc door/adapters/take_assessment.cc
  door/adapters/take_stock.cc)
list(APPEND SHARING_TEST_SOURCES
  door/domain/assess_test.cc door/domain/check_test.cc door/domain/look_up_test.cc
  app/door_test.cc app/look_up_test.cc app/publish_stream_test.cc)
