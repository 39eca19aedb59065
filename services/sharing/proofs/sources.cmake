list(APPEND SHARING_SOURCES
  proofs/adapters/export_log.cc proofs/adapters/proofs_room.cc)
list(APPEND SHARING_TEST_SOURCES app/proofs_test.cc)
