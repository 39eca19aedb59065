// Result<T>: a value, or the Problem that says why there is none. For domain outcomes only; an
// operational failure is an absl::Status.
#pragma once

#include <utility>
#include <variant>

#include "libs/base/check.h"
#include "libs/base/problem.h"

namespace waymark {

template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that a function returns either with a plain `return`.
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Problem problem) : held_(std::in_place_index<1>, std::move(problem)) {}

  bool ok() const { return held_.index() == 0; }

  // Only when ok(); anything else is a fault of the caller and stops the process.
  const T& value() const& { return Check(), *std::get_if<0>(&held_); }
  T& value() & { return Check(), *std::get_if<0>(&held_); }
  T&& value() && { return Check(), std::move(*std::get_if<0>(&held_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  // Only when !ok().
  const Problem& problem() const {
    WM_CHECK(!ok(), "asked a result that has a value for its problem");
    return *std::get_if<1>(&held_);
  }

 private:
  void Check() const { WM_CHECK(ok(), Describe(*std::get_if<1>(&held_))); }

  std::variant<T, Problem> held_;
};

}  // namespace waymark

#define WM_RESULT_CONCAT_INNER(a, b) a##b
#define WM_RESULT_CONCAT(a, b) WM_RESULT_CONCAT_INNER(a, b)

// Declares or assigns `lhs` from a Result, or returns its Problem from the enclosing function.
#define WM_ASSIGN_OR_REFUSE(lhs, expr) \
  WM_ASSIGN_OR_REFUSE_IMPL(WM_RESULT_CONCAT(wm_result_, __LINE__), lhs, expr)
#define WM_ASSIGN_OR_REFUSE_IMPL(result, lhs, expr) \
  auto result = (expr);                             \
  if (!result.ok()) return result.problem();        \
  lhs = *std::move(result)
