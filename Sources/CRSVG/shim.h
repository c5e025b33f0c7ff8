#pragma once
#include <cairo-pdf.h>
#include <librsvg/rsvg.h>
