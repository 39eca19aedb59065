#include "libs/config/load_pack.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

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
constexpr std::string_view kParts = "parts";

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
  std::string name;
  std::string bytes;
  YamlDocument document;
  std::string local_reason;  // why what it brings is local here; "" when it is not
};

struct Include {
  std::string name;
  std::string local_reason;
  YamlNode node;
};

// A pack's file and everything it includes.
class PackFiles {
 public:
  // NotFound, or InvalidArgument where a file is no YAML. Includes that cannot be had are
  // complained of in the file that names them, and `complete` says so.
  static absl::StatusOr<PackFiles> Open(std::string_view name_or_path,
                                        std::string_view packs_directory, bool record);

  File& main() { return *files_.front(); }
  // The main file, then its includes as they are named.
  std::vector<std::unique_ptr<File>>& files() { return files_; }
  // An include before what includes it; the main file last.
  const std::vector<File*>& reading_order() const { return reading_order_; }
  bool complete() const { return complete_; }
  std::string Bytes() const {
    std::string bytes;
    for (const auto& file : files_) bytes += file->bytes;
    return bytes;
  }
  // The complaints of all files in one status.
  absl::Status Finish(size_t most);

 private:
  absl::Status OpenOne(const fs::path& path, std::string name, std::string local_reason);
  absl::Status OpenIncludesOf(File& file);
  static std::vector<Include> IncludesOf(const File& file);

  std::vector<fs::path> directories_;
  bool record_ = false, complete_ = true;
  std::vector<std::unique_ptr<File>> files_;
  std::vector<File*> reading_order_;
  std::vector<std::string> way_;  // from the main file to the one being opened
};

absl::StatusOr<PackFiles> PackFiles::Open(std::string_view name_or_path,
                                          std::string_view packs_directory, bool record) {
  PackFiles files;
  files.record_ = record;
  fs::path path;
  if (IsPath(name_or_path)) {
    path = fs::path(name_or_path);
    files.directories_ = {path.parent_path(), path.parent_path() / kParts};
  } else {
    WM_ASSIGN_OR_RETURN(path, FindFile(name_or_path, {fs::path(packs_directory)}));
  }
  const fs::path shipped(packs_directory);
  files.directories_.insert(files.directories_.end(), {shipped / kParts, shipped});
  WM_RETURN_IF_ERROR(
      files.OpenOne(path, IsPath(name_or_path) ? "" : std::string(name_or_path), ""));
  return files;
}

absl::Status PackFiles::OpenOne(const fs::path& path, std::string name, std::string local_reason) {
  WM_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path.string()));
  WM_ASSIGN_OR_RETURN(YamlDocument document, YamlDocument::Parse(bytes, path.string()));
  if (record_) document.RecordShape();
  files_.push_back(std::make_unique<File>(
      File{std::move(name), std::move(bytes), std::move(document), std::move(local_reason)}));
  File& file = *files_.back();
  const YamlNode root = file.document.root();
  const std::string pack_name = root.At("pack").Text();
  root.At("version").Text();
  root.At("text").Text();
  if (file.name.empty()) file.name = pack_name;
  if (file.name != pack_name) root.At("pack").Refuse("the name of its file", true);
  way_.push_back(file.name);
  WM_RETURN_IF_ERROR(OpenIncludesOf(file));
  way_.pop_back();
  reading_order_.push_back(&file);
  return absl::OkStatus();
}

std::vector<Include> PackFiles::IncludesOf(const File& file) {
  std::vector<Include> includes;
  const auto list = file.document.root().Find("includes");
  if (!list) return includes;
  for (const YamlNode& item : list->Items()) {
    if (item.IsText()) {
      includes.push_back({item.Text(), "", item});
    } else {
      const std::string name = item.At("pack").Text();
      const bool local = OptionalBoolean(item, "local", true);
      if (!local) item.At("local").Refuse("true, or the name alone", true);
      includes.push_back({name, item.At("reason").Text(), item});
    }
  }
  return includes;
}

absl::Status PackFiles::OpenIncludesOf(File& file) {
  const std::vector<Include> includes = IncludesOf(file);
  const auto named = [](const Include& include) { return include.name == kStatutory; };
  const bool is_main = files_.size() == 1;
  if (is_main && file.name != kStatutory && std::none_of(includes.begin(), includes.end(), named)) {
    const auto list = file.document.root().Find("includes");
    complete_ = false;  // what it holds would be named as missing
    if (list) list->Refuse("'statutory' among them: every pack includes it");
    if (!list) file.document.root().At("includes", "every pack includes 'statutory'");
  }
  std::set<std::string> seen;
  for (const Include& include : includes) {
    if (!seen.insert(include.name).second) include.node.Refuse("each include once");
    if (std::find(way_.begin(), way_.end(), include.name) != way_.end()) {
      include.node.Refuse(
          absl::StrCat("no cyclic include: ", absl::StrJoin(way_, " -> "), " -> ", include.name));
      continue;
    }
    const bool open = std::any_of(files_.begin(), files_.end(),
                                  [&](const auto& other) { return other->name == include.name; });
    if (open) continue;
    const absl::StatusOr<fs::path> path = FindFile(include.name, directories_);
    if (!path.ok()) {
      complete_ = false;
      if (!include.name.empty()) {
        include.node.Refuse(absl::StrCat("a pack that exists: ", path.status().message()));
      }
      continue;
    }
    WM_RETURN_IF_ERROR(OpenOne(*path, include.name, include.local_reason));
  }
  return absl::OkStatus();
}

absl::Status PackFiles::Finish(size_t most) {
  std::vector<std::string> complaints;
  for (File* file : reading_order_) {
    const absl::Status status = file->document.Finish(most);
    if (!status.ok()) complaints.emplace_back(ToStd(status.message()));
  }
  if (complaints.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(complaints, "\n"));
}

std::shared_ptr<pack::Pack> ReadPack(PackFiles& files) {
  auto pack = std::make_shared<pack::Pack>();
  const YamlNode root = files.main().document.root();
  pack->name = root.At("pack").Text();
  pack->version = root.At("version").Text();
  pack->text = root.At("text").Text();
  PackReader reader(pack.get());
  for (File* file : files.reading_order()) reader.ReadDueSoon(file->document.root());
  for (File* file : files.reading_order()) {
    const size_t matrices = reader.matrices();
    reader.ReadFile(file->document.root());
    if (!file->local_reason.empty()) reader.MarkMatricesLocal(matrices, file->local_reason);
  }
  if (!files.complete()) return pack;  // what is missing would be named a second time
  reader.CheckReferences();
  for (const std::string& section : reader.MissingSections()) root.At(section);
  return pack;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const pack::Pack>> LoadPack(std::string_view name_or_path,
                                                           std::string_view packs_directory,
                                                           size_t complaints_most) {
  WM_ASSIGN_OR_RETURN(PackFiles files, PackFiles::Open(name_or_path, packs_directory, false));
  const std::shared_ptr<pack::Pack> pack = ReadPack(files);
  WM_RETURN_IF_ERROR(files.Finish(complaints_most));
  pack->digest = "sha256:" + ToHex(crypto::Sha256(files.Bytes()));
  return pack;
}

absl::StatusOr<std::string> PackBytes(std::string_view name_or_path,
                                      std::string_view packs_directory) {
  WM_ASSIGN_OR_RETURN(PackFiles files, PackFiles::Open(name_or_path, packs_directory, false));
  if (!files.complete()) return files.Finish(1);
  return files.Bytes();
}

absl::StatusOr<YamlShape> PackShape(std::string_view name_or_path,
                                    std::string_view packs_directory) {
  WM_ASSIGN_OR_RETURN(PackFiles files, PackFiles::Open(name_or_path, packs_directory, true));
  ReadPack(files);
  YamlShape shape = files.main().document.Shape();
  WM_RETURN_IF_ERROR(files.Finish(1));
  return shape;
}

}  // namespace waymark::config
