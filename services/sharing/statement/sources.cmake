list(APPEND SHARING_DOMAIN_SOURCES
  statement/domain/as_html.cc statement/domain/as_text.cc statement/domain/rights.cc
  statement/domain/story.cc statement/domain/words.cc)
list(APPEND SHARING_SOURCES
  statement/adapters/explain_past.cc statement/adapters/leaves.cc statement/adapters/make.cc
  statement/adapters/statement_room.cc)
list(APPEND SHARING_TEST_SOURCES statement/domain/statement_test.cc app/statement_test.cc)
