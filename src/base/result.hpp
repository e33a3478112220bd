// Result<T>: a value, or the Error that kept it from being. The core returns these; only plugins throw.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctys/error.hpp>

#include <tl/expected.hpp>

#include <utility>

namespace ctys {

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Exit code, std::string what, std::string why = {}, std::string fix = {}) {
  return tl::unexpected<Error>(Error{code, std::move(what), std::move(why), std::move(fix)});
}

// The graver of two statuses: 70, 2, 5, 1, 4, 3, 6, 0. A number outside the table counts as `failed`.
[[nodiscard]] Exit worse(Exit a, Exit b) noexcept;

}  // namespace ctys

// Gives the value of a Result, or returns its Error from the enclosing function.
#define TRY(expression)                                                                           \
  __extension__({                                                                                 \
    auto&& ctys_try_result = (expression);                                                        \
    if (!ctys_try_result) return tl::unexpected<ctys::Error>(std::move(ctys_try_result).error()); \
    std::move(*ctys_try_result);                                                                  \
  })
// The same for Result<void>.
#define TRY_VOID(expression)                                                                      \
  do {                                                                                            \
    auto&& ctys_try_result = (expression);                                                        \
    if (!ctys_try_result) return tl::unexpected<ctys::Error>(std::move(ctys_try_result).error()); \
  } while (false)
