/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include <osarc/base.h>

int main(void)
{
    return puts(osarc_version()) < 0;
}
