#include "tests/checker/tree.h"

#include <openssl/evp.h>

#include <memory>

#include "tests/checker/bytes.h"

namespace checker {
namespace {

constexpr size_t kHashBytes = 32, kKeyHashBytes = 4, kTimeBytes = 8, kSignatureBytes = 64;

const unsigned char* Raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

bool Verify(const std::string& key, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> public_key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Raw(key), key.size()), &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  return public_key != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Raw(signature), signature.size(), Raw(text),
                          text.size()) == 1;
}

std::string_view TakeLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

}  // namespace

std::string Tree::RootAt(uint64_t wanted) const {
  if (wanted > size) return "";
  if (wanted == 0) return Sha256("");
  // Perfect subtrees from the left; the root joins them from the right.
  std::vector<std::string> subtrees;
  uint64_t first = 0;
  for (int level = 63; level >= 0; --level) {
    if ((wanted >> level & 1) == 0) continue;
    const auto node = nodes.find({static_cast<uint64_t>(level), first >> level});
    if (node == nodes.end()) return "";
    subtrees.push_back(node->second);
    first += uint64_t{1} << level;
  }
  std::string root = subtrees.back();
  for (size_t i = subtrees.size() - 1; i-- > 0;) root = Sha256("\x01" + subtrees[i] + root);
  return root;
}

Tree ReadTree(const Store& store) {
  Tree tree;
  for (const auto& [key, row] : store.Rows("gateway.audit.head")) {
    KeyParts parts(key);
    parts.Text();  // the shard
    if (parts.rest() == "size") tree.size = KeyParts(row).Number();
  }
  for (const auto& [key, row] : store.Rows("gateway.audit.nodes")) {
    KeyParts parts(key);
    parts.Text();
    const uint64_t level = parts.Number();
    tree.nodes[{level, parts.Number()}] = row;
  }
  return tree;
}

std::optional<Note> ParseNote(std::string_view text) {
  const size_t blank = text.find("\n\n");
  if (blank == std::string_view::npos) return std::nullopt;
  Note note;
  note.body = text.substr(0, blank + 1);
  std::string_view body = note.body, rest = text.substr(blank + 2);
  note.origin = TakeLine(body);
  const std::string size(TakeLine(body));
  note.size = std::strtoull(size.c_str(), nullptr, 10);
  note.root = UnBase64(TakeLine(body));
  if (note.origin.empty() || std::to_string(note.size) != size || note.root.size() != kHashBytes) {
    return std::nullopt;
  }
  constexpr std::string_view kDash = "\xe2\x80\x94 ";
  while (!rest.empty()) {
    std::string_view line = TakeLine(rest);
    const size_t space = line.rfind(' ');
    if (line.substr(0, kDash.size()) != kDash || space < kDash.size()) return std::nullopt;
    const std::string signature = UnBase64(line.substr(space + 1));
    if (signature.size() < kKeyHashBytes) return std::nullopt;
    note.lines.push_back({std::string(line.substr(kDash.size(), space - kDash.size())),
                          signature.substr(0, kKeyHashBytes), signature.substr(kKeyHashBytes)});
  }
  return note;
}

bool IsSigned(const Note& note, const std::string& key) {
  for (const NoteLine& line : note.lines) {
    if (line.name == note.origin && Verify(key, note.body, line.signature)) return true;
  }
  return false;
}

bool IsCosigned(const Note& note, const std::string& name, const std::string& key) {
  for (const NoteLine& line : note.lines) {
    if (line.name != name || line.signature.size() != kTimeBytes + kSignatureBytes) continue;
    const uint64_t at = KeyParts(line.signature).Number();
    const std::string text = "cosignature/v1\ntime " + std::to_string(at) + "\n" + note.body;
    if (Verify(key, text, std::string_view(line.signature).substr(kTimeBytes))) return true;
  }
  return false;
}

}  // namespace checker
