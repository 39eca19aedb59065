list(APPEND SHARING_DOMAIN_SOURCES disclosure/domain/decide.cc disclosure/domain/lease.cc disclosure/domain/receive.cc)
list(APPEND SHARING_SOURCES
  disclosure/adapters/assemble.cc disclosure/adapters/copies.cc disclosure/adapters/disclosure_room.cc
  disclosure/adapters/disclosure_view.cc disclosure/adapters/explain.cc
  disclosure/adapters/facts.cc disclosure/adapters/fetch.cc disclosure/adapters/gather_leases.cc disclosure/adapters/key_effects.cc disclosure/adapters/nudge.cc
  disclosure/adapters/parcels.cc disclosure/adapters/receive.cc disclosure/adapters/settle.cc)
list(APPEND SHARING_TEST_SOURCES app/disclosure_test.cc app/consent_lease_test.cc app/withdrawal_test.cc disclosure/domain/decide_test.cc disclosure/domain/lease_test.cc)
