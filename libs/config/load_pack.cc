#include "libs/config/load_pack.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/file.h"
#include "libs/config/pack_reader.h"
#include "libs/config/strict_yaml.h"
#include "libs/crypto/hash.h"

namespace waymark::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStatutory = "statutory";

bool IsPath(std::string_view text) {
  return text.find('/') != std::string_view::npos || text.ends_with(".yaml");
}

bool IsName(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

std::string NamesIn(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  if (names.empty()) return absl::StrCat("no packs in ", directory.string());
  return absl::StrCat("one of ", absl::StrJoin(names, ", "));
}

// The file of a name, in the first of `directories` that has it.
absl::StatusOr<fs::path> FindFile(std::string_view name, const std::vector<fs::path>& directories) {
  std::error_code error;
  for (const fs::path& directory : directories) {
    fs::path file = directory / (std::string(name) + ".yaml");
    if (IsName(name) && fs::is_regular_file(file, error)) return file;
  }
  return absl::NotFoundError(absl::StrCat("there is no pack '", ToAbsl(name), "'; wanted ",
                                          NamesIn(directories.back()),
                                          ", or the path of a .yaml file"));
}

struct File {
  std::string bytes;
  YamlDocument document;
};

absl::StatusOr<File> OpenFile(const fs::path& path) {
  WM_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path.string()));
  WM_ASSIGN_OR_RETURN(YamlDocument document, YamlDocument::Parse(bytes, path.string()));
  return File{std::move(bytes), std::move(document)};
}

// Opens what `main` includes, in the order it is named. Complains at the node of a wrong one.
absl::StatusOr<std::vector<File>> OpenIncludes(const File& main, std::string_view pack_name,
                                               const std::vector<fs::path>& directories) {
  std::vector<File> files;
  const auto list = main.document.root().Find("includes");
  std::vector<std::string> names;
  if (list) names = list->Texts();
  const bool has_statutory = std::find(names.begin(), names.end(), kStatutory) != names.end();
  if (pack_name != kStatutory && !has_statutory) {
    if (!list) main.document.root().At("includes");
    if (list) list->Refuse("'statutory' among them: every pack includes it");
  }
  for (const std::string& name : names) {
    WM_ASSIGN_OR_RETURN(const fs::path path, FindFile(name, directories));
    WM_ASSIGN_OR_RETURN(File file, OpenFile(path));
    const YamlNode root = file.document.root();
    if (root.At("pack").Text() != name) root.At("pack").Refuse("the name of its file", true);
    root.At("version").Text();
    root.At("text").Text();
    files.push_back(std::move(file));
  }
  return files;
}

// The complaints of all files in one status.
absl::Status FinishAll(std::vector<File>* includes, File* main) {
  std::vector<std::string> complaints;
  const auto finish = [&](File* file) {
    const absl::Status status = file->document.Finish();
    if (!status.ok()) complaints.emplace_back(ToStd(status.message()));
  };
  for (File& file : *includes) finish(&file);
  finish(main);
  if (complaints.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(complaints, "\n"));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const pack::Pack>> LoadPack(std::string_view name_or_path,
                                                           std::string_view packs_directory) {
  std::vector<fs::path> directories = {fs::path(packs_directory)};
  fs::path path;
  if (IsPath(name_or_path)) {
    path = fs::path(name_or_path);
    directories.insert(directories.begin(), path.parent_path());
  } else {
    WM_ASSIGN_OR_RETURN(path, FindFile(name_or_path, directories));
  }
  WM_ASSIGN_OR_RETURN(File main, OpenFile(path));
  const YamlNode root = main.document.root();
  auto pack = std::make_shared<pack::Pack>();
  pack->name = root.At("pack").Text();
  pack->version = root.At("version").Text();
  pack->text = root.At("text").Text();
  if (!IsPath(name_or_path) && pack->name != name_or_path) {
    root.At("pack").Refuse("the name of its file", true);
  }
  WM_ASSIGN_OR_RETURN(std::vector<File> includes, OpenIncludes(main, pack->name, directories));

  PackReader reader(pack.get());
  for (const File& file : includes) reader.ReadDueSoon(file.document.root());
  reader.ReadDueSoon(root);
  for (const File& file : includes) reader.ReadFile(file.document.root());
  reader.ReadFile(root);
  reader.CheckReferences();
  for (const std::string& section : reader.MissingSections()) root.At(section);
  WM_RETURN_IF_ERROR(FinishAll(&includes, &main));

  crypto::Sha256Hasher hasher;
  hasher.Update(main.bytes);
  for (const File& file : includes) hasher.Update(file.bytes);
  pack->digest = "sha256:" + ToHex(hasher.Finish());
  return pack;
}

}  // namespace waymark::config
