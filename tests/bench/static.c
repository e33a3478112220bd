/* The least that a program can be which prints its version: what `ctys --version` is measured against.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

int main(void) {
  puts("1.0.0");
  return 0;
}
