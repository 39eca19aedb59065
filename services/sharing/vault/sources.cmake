list(APPEND SHARING_DOMAIN_SOURCES vault/domain/erasure.cc vault/domain/persons.cc)
list(APPEND SHARING_SOURCES
  vault/adapters/deposit.cc vault/adapters/destroy_keys.cc vault/adapters/erase.cc
  vault/adapters/intake_key.cc
  vault/adapters/person_index.cc vault/adapters/person_keys.cc vault/adapters/reindex.cc
  vault/adapters/tokeniser.cc
  vault/adapters/vault_room.cc vault/adapters/vault_view.cc)
list(APPEND SHARING_TEST_SOURCES app/audit_leaf_test.cc app/erasure_test.cc vault/domain/persons_test.cc)
