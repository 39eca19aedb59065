// A record of an event log as anyone may have written it: headers, bodies, and the runtime's rows.
#include "libs/eventlog/record_codec.h"
#include "libs/runtime/cloud_event.h"
#include "libs/runtime/rows.h"
#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  const std::string_view bytes = fuzz::Text(data, size);
  (void)eventlog::DecodeRecord(bytes).ok();
  (void)runtime::DecodeOutboxRow(bytes).ok();
  (void)runtime::DecodeCause(bytes).ok();
  // The headers of a good record, with some replaced.
  runtime::CloudEvent event;
  event.key = "7";
  event.id = "id";
  event.source = "gateway/police";
  event.type = "waymark.gateway.v1.IncidentReported";
  event.lane = "7>t/0";
  event.epoch = event.seq = 1;
  eventlog::Record record = runtime::ToRecord(event);
  fuzz::Pieces pieces(bytes);
  for (eventlog::Header& header : record.headers) {
    if (const std::string_view piece = pieces.Next(); !piece.empty()) header.value = piece;
  }
  record.key = pieces.Next();
  record.value = pieces.Rest();
  const absl::StatusOr<runtime::CloudEvent> read = runtime::FromRecord(record);
  if (!read.ok()) return 0;
  const absl::StatusOr<runtime::CloudEvent> again = runtime::FromRecord(runtime::ToRecord(*read));
  WM_CHECK(
      again.ok() && runtime::SignedBytes({"t", 0}, *again) == runtime::SignedBytes({"t", 0}, *read),
      "a record changes when written");
  return 0;
}
