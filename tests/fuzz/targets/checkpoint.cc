// A signed checkpoint with cosignatures (C2SP signed note).
#include "libs/audit/checkpoint.h"

#include "libs/base/clock.h"
#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  const std::string_view note = fuzz::Text(data, size);
  absl::StatusOr<audit::SignedCheckpoint> parsed = audit::ParseCheckpoint(note);
  if (!parsed.ok()) return 0;
  WM_CHECK(note.substr(0, parsed->body.size()) == parsed->body, "the signed text is another");
  SeededRandom random(1);
  static const crypto::SigningKey key = crypto::SigningKey::Generate(random);
  WM_CHECK(!audit::VerifyCheckpoint(*parsed, parsed->checkpoint.origin, key.verify_key()).ok(),
           "a made-up checkpoint verifies");
  const auto cosigned = audit::Cosign(note, "example/witness", key, absl::FromUnixSeconds(1));
  if (!cosigned.ok()) return 0;
  const auto again = audit::ParseCheckpoint(*cosigned);
  WM_CHECK(again.ok() && again->checkpoint == parsed->checkpoint, "cosigning changed the note");
  WM_CHECK(audit::VerifyCosignature(*again, "example/witness", key.verify_key()).ok(),
           "a cosignature does not verify");
  return 0;
}
