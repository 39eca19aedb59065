list(APPEND SHARING_DOMAIN_SOURCES override/domain/check.cc override/domain/review.cc)
list(APPEND SHARING_SOURCES
  override/adapters/override_room.cc override/adapters/overrides_view.cc
  override/adapters/reads.cc override/adapters/record.cc override/adapters/review.cc)
list(APPEND SHARING_TEST_SOURCES override/domain/override_domain_test.cc app/override_test.cc)
