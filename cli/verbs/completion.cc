#include "cli/verbs/completion.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace waymark::cli {
namespace {

std::string WordsAfter(const VerbInfo& verb) {
  std::vector<std::string> words = verb.verbs;
  words.insert(words.end(), verb.options.begin(), verb.options.end());
  return absl::StrJoin(words, " ");
}

// A shell function that follows the verbs among the words before the cursor: only a word that is a
// verb at its place moves on, so that arguments and values do not. `next` reads the words.
std::string Follow(const std::vector<VerbInfo>& verbs) {
  std::vector<std::string> paths;
  for (const VerbInfo& verb : verbs) {
    if (!verb.path.empty()) paths.push_back(absl::StrCat("\"", verb.path, "\""));
  }
  return absl::StrCat("    case \"${at:+$at }$word\" in\n      ", absl::StrJoin(paths, "|"),
                      ") at=\"${at:+$at }$word\" ;;\n    esac\n");
}

std::string Cases(const std::vector<VerbInfo>& verbs) {
  std::string cases;
  for (const VerbInfo& verb : verbs) {
    absl::StrAppend(&cases, "    \"", verb.path, "\") words=\"", WordsAfter(verb), "\" ;;\n");
  }
  return cases;
}

std::string Bash(const std::vector<VerbInfo>& verbs) {
  return absl::StrCat(
      "# Completion of waymark for bash: eval \"$(waymark completion bash)\"\n"
      "_waymark() {\n"
      "  local at=\"\" word words=\"\"\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n",
      Follow(verbs),
      "  done\n"
      "  case \"$at\" in\n",
      Cases(verbs),
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
      "}\n"
      "complete -o default -F _waymark waymark\n");
}

std::string Zsh(const std::vector<VerbInfo>& verbs) {
  return absl::StrCat(
      "#compdef waymark\n"
      "# Completion of waymark for zsh: source <(waymark completion zsh)\n"
      "_waymark() {\n"
      "  local at=\"\" word words_after=\"\"\n"
      "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n",
      Follow(verbs),
      "  done\n"
      "  case \"$at\" in\n",
      absl::StrReplaceAll(Cases(verbs), {{") words=", ") words_after="}}),
      "  esac\n"
      "  compadd -- ${=words_after}\n"
      "  [[ \"${words[CURRENT]}\" == -* ]] || _files\n"
      "}\n"
      "compdef _waymark waymark\n");
}

std::string Fish(const std::vector<VerbInfo>& verbs) {
  std::vector<std::string> paths;
  for (const VerbInfo& verb : verbs) {
    if (!verb.path.empty()) paths.push_back(absl::StrCat("\"", verb.path, "\""));
  }
  std::string script = absl::StrCat(
      "# Completion of waymark for fish: waymark completion fish | source\n"
      "function __waymark_at\n"
      "  set -l at \"\"\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    set -l next (string trim -- \"$at $word\")\n"
      "    if contains -- $next ",
      absl::StrJoin(paths, " "),
      "\n"
      "      set at $next\n"
      "    end\n"
      "  end\n"
      "  test \"$at\" = \"$argv[1]\"\n"
      "end\n");
  for (const VerbInfo& verb : verbs) {
    absl::StrAppend(&script, "complete -c waymark -n '__waymark_at \"", verb.path, "\"' -a '",
                    WordsAfter(verb), "'\n");
  }
  return script;
}

}  // namespace

std::string CompletionScript(const std::string& shell, const std::vector<VerbInfo>& verbs) {
  if (shell == "bash") return Bash(verbs);
  if (shell == "zsh") return Zsh(verbs);
  if (shell == "fish") return Fish(verbs);
  return "";
}

}  // namespace waymark::cli
