list(APPEND SHARING_DOMAIN_SOURCES vault/domain/persons.cc)
list(APPEND SHARING_SOURCES
  vault/adapters/deposit.cc vault/adapters/person_keys.cc vault/adapters/tokeniser.cc
  vault/adapters/vault_room.cc vault/adapters/vault_view.cc)
list(APPEND SHARING_TEST_SOURCES app/audit_leaf_test.cc vault/domain/persons_test.cc)
