#pragma once
/// The one place that names the test library's header: its next version is a one-line move.
/// Approx(x).margin(m) alone allows 1.2e-5 of x as well: our tests write Approx(x).epsilon(0.0).margin(m).
#include <catch2/catch.hpp>
