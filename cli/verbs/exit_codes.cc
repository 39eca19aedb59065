#include "cli/verbs/exit_codes.h"

namespace waymark::cli {

int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return kExitSomeRefused;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kExitUnreachable;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kExitNotPermitted;
    case absl::StatusCode::kCancelled:
      return kExitStopped;
    default:
      return kExitFailed;
  }
}

std::string ExitCodesText() {
  return R"(Exit codes of every verb:

    0  done; everything was taken
    1  failed for a reason that is not yours: a fault, a disk, a broken file of the installation
    2  usage: an unknown verb or option, a value that cannot be read, an unusable input or set-up;
       nothing was sent
    3  refused: some rows, or the one request, with the reason; the rest was taken
    4  unreachable: no answer, or too busy for too long; the same command may be tried again
    5  not permitted: certificate, token, agency or role may not do this
  130  stopped by you (Ctrl-C); `waymark publish` says how to go on
)";
}

}  // namespace waymark::cli
