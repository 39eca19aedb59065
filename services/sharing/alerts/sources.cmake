list(APPEND SHARING_DOMAIN_SOURCES
  alerts/domain/feed.cc alerts/domain/mask.cc alerts/domain/waiting.cc)
list(APPEND SHARING_SOURCES
  alerts/adapters/alert_effects.cc alerts/adapters/alert_stream.cc alerts/adapters/alert_streams.cc
  alerts/adapters/alerts_room.cc alerts/adapters/alerts_view.cc alerts/adapters/compose.cc
  alerts/adapters/fetch_shares.cc
  alerts/adapters/nudge.cc alerts/adapters/queue.cc alerts/adapters/read_share.cc alerts/adapters/send.cc
  alerts/adapters/show.cc)
list(APPEND SHARING_TEST_SOURCES app/alerts_test.cc alerts/domain/alerts_domain_test.cc)
