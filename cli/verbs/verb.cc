#include "cli/verbs/verb.h"

#include <CLI/CLI.hpp>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/verbs/exit_codes.h"

namespace waymark::cli {
namespace {

CLI::Option* Finish(CLI::Option* option, Need need) {
  return need == Need::kRequired ? option->required() : option;
}

std::vector<CLI::App*> Below(const CLI::App& app) {
  return const_cast<CLI::App&>(app).get_subcommands([](CLI::App*) { return true; });
}

std::vector<std::string> NamesBelow(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : Below(app)) names.push_back(sub->get_name());
  return names;
}

std::string PathOf(const CLI::App& app) {
  if (app.get_parent() == nullptr) return "";
  const std::string above = PathOf(*app.get_parent());
  return above.empty() ? app.get_name() : above + " " + app.get_name();
}

std::vector<std::string> OptionsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

size_t Distance(const std::string& left, const std::string& right) {
  std::vector<size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= left.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= right.size(); ++j) {
      const size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string Nearest(const std::string& given, const std::vector<std::string>& words) {
  std::string nearest;
  size_t least = given.size() / 3 + 2;  // further away is another word
  for (const std::string& word : words) {
    const bool begins = given.size() >= 3 && word.substr(0, given.size()) == given;
    const size_t distance = begins ? 0 : Distance(given, word);
    if (distance < least) {
      least = distance;
      nearest = word;
    }
  }
  return nearest;
}

Verb Verb::Sub(const std::string& name, const std::string& help) const {
  CLI::App* sub = app_->add_subcommand(name, help);
  app_->require_subcommand(0, 1);
  return Verb(sub, line_);
}

void Verb::Text(const std::string& flags, std::string* target, const std::string& help,
                Need need) const {
  Finish(app_->add_option(flags, *target, help), need)->type_name("TEXT");
}

void Verb::Choice(const std::string& flags, std::string* target,
                  const std::vector<std::string>& words, const std::string& help, Need need) const {
  CLI::Option* option = Finish(app_->add_option(flags, *target, help), need);
  option->check(CLI::IsMember(words))->type_name(absl::StrJoin(words, "|"));
}

void Verb::Texts(const std::string& flags, std::vector<std::string>* target,
                 const std::string& help, Need need) const {
  // One value for each time the option is named, so that it never swallows an argument after it.
  Finish(app_->add_option(flags, *target, help), need)->type_name("TEXT")->allow_extra_args(false);
}

void Verb::Words(const std::string& name, std::vector<std::string>* target,
                 const std::string& help) const {
  app_->add_option(name, *target, help)->type_name("TEXT");
}

void Verb::Number(const std::string& flags, int64_t* target, int64_t min, int64_t max,
                  const std::string& help) const {
  app_->add_option(flags, *target, help)->check(CLI::Range(min, max))->type_name("NUMBER");
}

void Verb::Flag(const std::string& flags, bool* target, const std::string& help) const {
  app_->add_flag(flags, *target, help);
}

void Verb::Footer(const std::string& text) const { app_->footer(text); }

void Verb::Does(std::function<int()> action) const {
  app_->final_callback([line = line_, action = std::move(action)] { line->action_ = action; });
}

CommandLine::CommandLine(const std::string& program, const std::string& summary, Terminal& terminal)
    : program_(program), terminal_(terminal), app_(std::make_unique<CLI::App>(summary, program)) {
  app_->require_subcommand(0, 1);
  app_->get_formatter()->column_width(34);
}

CommandLine::~CommandLine() = default;

Verb CommandLine::Root() { return Verb(app_.get(), this); }

// The deepest verb that the words lead to; `unknown` is the first word that is none although one is
// wanted there.
CLI::App* CommandLine::Find(const std::vector<std::string>& words, std::string* unknown) const {
  CLI::App* at = app_.get();
  for (const std::string& word : words) {
    if (word.empty() || word[0] == '-' || Below(*at).empty()) break;
    const std::vector<CLI::App*> all = Below(*at);
    const auto below = std::find_if(all.begin(), all.end(),
                                    [&](const auto* sub) { return sub->get_name() == word; });
    if (below == all.end()) {
      *unknown = word;
      break;
    }
    at = *below;
  }
  return at;
}

int CommandLine::SayUnknown(const std::string& word, const CLI::App& below) const {
  const std::string path = PathOf(below);
  terminal_.err << program_ << (path.empty() ? "" : " ") << path << ": there is no verb '" << word
                << "'";
  if (const std::string near = Nearest(word, NamesBelow(below)); !near.empty()) {
    terminal_.err << "; did you mean '" << near << "'?";
  }
  terminal_.err << "\nIt has: " << absl::StrJoin(NamesBelow(below), ", ") << "\n`" << program_
                << " help" << (path.empty() ? "" : " ") << path << "` says what each does.\n";
  return kExitUsage;
}

int CommandLine::Run(const std::vector<std::string>& arguments) {
  std::string unknown;
  CLI::App* verb = Find(arguments, &unknown);
  if (!unknown.empty()) return SayUnknown(unknown, *verb);
  const std::string path = PathOf(*verb);
  const std::string name = path.empty() ? program_ : program_ + " " + path;
  action_ = nullptr;
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app_->parse(reversed);
  } catch (const CLI::CallForHelp&) {
    terminal_.out << HelpOf(path);
    return kExitOk;
  } catch (const CLI::Error& error) {
    terminal_.err << name << ": " << error.what() << "\n";
    for (const std::string& argument : arguments) {
      if (argument.substr(0, 2) != "--") continue;
      const std::string flag = argument.substr(0, argument.find('='));
      const std::vector<std::string> known = OptionsOf(*verb);
      if (std::find(known.begin(), known.end(), flag) != known.end()) continue;
      const std::string near = Nearest(flag, known);
      if (!near.empty()) terminal_.err << "Did you mean '" << near << "'?\n";
    }
    terminal_.err << "`" << name << " --help` says what it takes.\n";
    return kExitUsage;
  }
  if (action_ == nullptr) {
    terminal_.err << HelpOf(path);
    return kExitUsage;
  }
  return action_();
}

std::vector<VerbInfo> CommandLine::Describe() const {
  std::vector<VerbInfo> all;
  std::function<void(const CLI::App&)> add = [&](const CLI::App& app) {
    all.push_back({PathOf(app), app.get_description(), NamesBelow(app), OptionsOf(app)});
    for (const CLI::App* sub : Below(app)) add(*sub);
  };
  add(*app_);
  return all;
}

std::string CommandLine::HelpOf(const std::string& path) const {
  std::string unknown;
  const std::vector<std::string> words = absl::StrSplit(path, ' ', absl::SkipEmpty());
  CLI::App* verb = Find(words, &unknown);
  if (!unknown.empty() || PathOf(*verb) != path) return "";
  const std::string name = path.empty() ? program_ : program_ + " " + path;
  return verb->get_formatter()->make_help(verb, name, CLI::AppFormatMode::Normal);
}

}  // namespace waymark::cli
