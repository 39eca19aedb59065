list(APPEND SHARING_DOMAIN_SOURCES consent/domain/check_consent.cc)
list(APPEND SHARING_SOURCES
  consent/adapters/consent_room.cc consent/adapters/consent_view.cc consent/adapters/person_in.cc
  consent/adapters/told.cc)
list(APPEND SHARING_TEST_SOURCES consent/domain/check_consent_test.cc)
