// The verbs of a command line and what each takes: a small face of CLI11, which only verb.cc
// includes. An unknown verb or option, or a value that cannot be read, ends with exit code 2 and
// says what is near; `--help` works on every verb. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/verbs/terminal.h"

namespace CLI {
class App;
}

namespace waymark::cli {

enum class Need { kOptional, kRequired };

class CommandLine;

// A handle; copies are the same verb. `target`s must live until CommandLine::Run has returned: keep
// them in a shared_ptr that the action captures. `flags` as "--as" or "-v,--verbose"; a name
// without dashes is an argument by its place.
class Verb {
 public:
  Verb Sub(const std::string& name, const std::string& help) const;
  void Text(const std::string& flags, std::string* target, const std::string& help,
            Need need = Need::kOptional) const;
  // One of `words`.
  void Choice(const std::string& flags, std::string* target, const std::vector<std::string>& words,
              const std::string& help, Need need = Need::kOptional) const;
  // May be given several times.
  void Texts(const std::string& flags, std::vector<std::string>* target, const std::string& help,
             Need need = Need::kOptional) const;
  // All the words that follow.
  void Words(const std::string& name, std::vector<std::string>* target,
             const std::string& help) const;
  // Within [min, max].
  void Number(const std::string& flags, int64_t* target, int64_t min, int64_t max,
              const std::string& help) const;
  void Flag(const std::string& flags, bool* target, const std::string& help) const;
  // Words after the options of this verb's help.
  void Footer(const std::string& text) const;
  // What the verb does; returns the exit code.
  void Does(std::function<int()> action) const;

 private:
  friend class CommandLine;
  Verb(CLI::App* app, CommandLine* line) : app_(app), line_(line) {}

  CLI::App* app_;
  CommandLine* line_;
};

// For completion and help: a verb with what can follow it.
struct VerbInfo {
  std::string path;  // "alerts tail"; "" for the program
  std::string help;
  std::vector<std::string> verbs;    // names of the verbs below it
  std::vector<std::string> options;  // "--as"
};

class CommandLine {
 public:
  CommandLine(const std::string& program, const std::string& summary, Terminal& terminal);
  ~CommandLine();

  Verb Root();
  // `arguments` without the program's name. The exit code.
  int Run(const std::vector<std::string>& arguments);
  // The program first, then verbs in the order they were added, each before those below it.
  std::vector<VerbInfo> Describe() const;
  // The help of "alerts tail"; "" when there is no such verb.
  std::string HelpOf(const std::string& path) const;

 private:
  friend class Verb;
  CLI::App* Find(const std::vector<std::string>& words, std::string* unknown) const;
  int SayUnknown(const std::string& word, const CLI::App& below) const;

  const std::string program_;
  Terminal& terminal_;
  std::unique_ptr<CLI::App> app_;
  std::function<int()> action_;
};

// The word of `words` nearest to `given`; "" when none is near enough to be meant.
std::string Nearest(const std::string& given, const std::vector<std::string>& words);

}  // namespace waymark::cli
