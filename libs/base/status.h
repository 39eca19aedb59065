// Status helpers. The house rule: a domain outcome is a value, an operational failure is an
// absl::Status, a broken invariant is a CHECK.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define WM_CONCAT_INNER(a, b) a##b
#define WM_CONCAT(a, b) WM_CONCAT_INNER(a, b)

// Returns from the enclosing function when `expr` is not OK.
#define WM_RETURN_IF_ERROR(expr)                                            \
  do {                                                                      \
    if (absl::Status wm_status = (expr); !wm_status.ok()) return wm_status; \
  } while (false)

// Declares or assigns `lhs` from a StatusOr, or returns its status.
#define WM_ASSIGN_OR_RETURN(lhs, expr) \
  WM_ASSIGN_OR_RETURN_IMPL(WM_CONCAT(wm_statusor_, __LINE__), lhs, expr)
#define WM_ASSIGN_OR_RETURN_IMPL(statusor, lhs, expr)      \
  auto statusor = (expr);                                  \
  if (!statusor.ok()) return std::move(statusor).status(); \
  lhs = *std::move(statusor)
