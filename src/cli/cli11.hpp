// CLI11 without the standard streams, for modern.cpp alone.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// CLI11 names std::cout and std::cerr in default arguments that ctys never uses. The header <iostream>, which
// it includes for them, would set all standard streams and the locale up at every start of the program: a
// third of what the program itself does for `ctys --version`. So the header is taken as included, and the
// names only declared. Where the standard library has another mark for its header, this changes nothing.
#pragma once

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,cert-dcl58-cpp,readability-identifier-naming)
#define _GLIBCXX_IOSTREAM 1
#include <istream>
#include <ostream>
namespace std {
extern istream cin;
extern ostream cout;
extern ostream cerr;
extern ostream clog;
}  // namespace std
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,cert-dcl58-cpp,readability-identifier-naming)

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
