// waymark pack: checks packs, prints them as handbooks, signs them and verifies their signatures.
#include <ostream>

#include "cli/pack/pack_command.h"
#include "cli/partnership/layout.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/exit_codes.h"
#include "cli/verbs/verbs.h"
#include "libs/base/status.h"
#include "libs/config/partnership.h"

namespace waymark::cli {
namespace {

static_assert(kPackGood == kExitOk && kPackUsage == kExitUsage && kPackRefused == kExitSomeRefused);

std::string Packs() { return ShippedFolder() + "/packs"; }

void AddCheck(const Verb& packs, Workshop& workshop) {
  const Verb verb = packs.Sub("check", "Say every mistake of a pack: file, line, what was wanted");
  const auto files = std::make_shared<std::vector<std::string>>();
  const auto json = std::make_shared<bool>(false);
  verb.Words("packs", files.get(), "names of shipped packs, or paths");
  verb.Flag("--json", json.get(), "one JSON object for each pack");
  verb.Footer("Exit code 0: all are good; 3: something is wrong with one.");
  verb.Does([&workshop, files, json] {
    if (files->empty()) return SayUsage(workshop, *json, "pack check", "name at least one pack");
    return CheckPacks(*files, Packs(), *json, workshop.terminal.out);
  });
}

void AddShow(const Verb& packs, Workshop& workshop) {
  const Verb verb = packs.Sub("show", "A pack as a handbook for the people who work by it");
  const auto pack = std::make_shared<std::string>();
  const auto format = std::make_shared<std::string>("markdown");
  verb.Text("pack", pack.get(), "name of a shipped pack, or a path", Need::kRequired);
  verb.Choice("--format", format.get(), {"markdown", "html"}, "[markdown]");
  verb.Does([&workshop, pack, format] {
    return ShowPack(*pack, Packs(),
                    *format == "html" ? HandbookFormat::kHtml : HandbookFormat::kMarkdown,
                    workshop.terminal.out, workshop.terminal.err);
  });
}

struct SignOptions {
  std::string file, party, key;
};

void AddSign(const Verb& packs, Workshop& workshop) {
  const Verb verb = packs.Sub("sign", "Sign a pack and what it includes in an agency's name");
  const auto options = std::make_shared<SignOptions>();
  verb.Text("file", &options->file, "the pack's .yaml file", Need::kRequired);
  verb.Text("--agency", &options->party, "whose signature it is", Need::kRequired);
  verb.Text("--key", &options->key, "the agency's signing key, a PEM file", Need::kRequired);
  verb.Does([&workshop, options] {
    return SignPack(options->file, Packs(), options->party, options->key, workshop.terminal.out,
                    workshop.terminal.err);
  });
}

absl::StatusOr<std::vector<crypto::PartyKey>> SigningKeysOf(const std::string& data) {
  WM_ASSIGN_OR_RETURN(const config::Partnership directory,
                      config::LoadPartnership(Layout{data}.PartnershipFile()));
  std::vector<crypto::PartyKey> keys;
  for (const config::Member& member : directory.members) {
    WM_ASSIGN_OR_RETURN(crypto::VerifyKey key, crypto::VerifyKey::FromBytes(member.signing_key));
    keys.push_back({member.agency, std::move(key)});
  }
  return keys;
}

void AddVerify(const Verb& packs, Workshop& workshop) {
  const Verb verb = packs.Sub(
      "verify", "Check that every member of a partnership has signed a pack as it stands");
  const auto options = std::make_shared<ConnectionOptions>();
  const auto file = std::make_shared<std::string>();
  verb.Text("file", file.get(), "the pack's .yaml file", Need::kRequired);
  AddDataOptions(verb, workshop, options.get());
  verb.Footer("The members' public keys are those of the directory in --data.");
  verb.Does([&workshop, options, file] {
    const auto keys = SigningKeysOf(options->data);
    if (!keys.ok()) {
      return SayUsage(workshop, options->json, "pack verify", std::string(keys.status().message()));
    }
    return VerifyPack(*file, Packs(), *keys, workshop.terminal.out, workshop.terminal.err);
  });
}

}  // namespace

void AddPacks(Verb root, Workshop& workshop) {
  const Verb packs = root.Sub("pack", "Policy packs: check, show, sign, verify");
  AddCheck(packs, workshop);
  AddShow(packs, workshop);
  AddSign(packs, workshop);
  AddVerify(packs, workshop);
}

}  // namespace waymark::cli
