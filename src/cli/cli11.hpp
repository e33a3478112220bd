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

// Its ready-made validators, which ctys does not use either, would be made at every start. With these words
// the header declares functions of their names instead.
// NOLINTBEGIN(readability-identifier-naming): they are CLI11's
#define ExistingFile ExistingFile()
#define ExistingDirectory ExistingDirectory()
#define ExistingPath ExistingPath()
#define NonexistentPath NonexistentPath()
#define ValidIPV4 ValidIPV4()
#define Number(name) Number()
#define NonNegativeNumber(least, name) NonNegativeNumber()
#define PositiveNumber(least, most, name) PositiveNumber()
// NOLINTEND(readability-identifier-naming)

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#undef ExistingFile
#undef ExistingDirectory
#undef ExistingPath
#undef NonexistentPath
#undef ValidIPV4
#undef Number
#undef NonNegativeNumber
#undef PositiveNumber
