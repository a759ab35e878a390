#pragma once
/// The one place that names the test library's header: its next version is a one-line move.
#include <catch2/catch.hpp>
