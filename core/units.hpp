#pragma once
/// Units are written at the border and vanish inside: a literal gives the SI value.
namespace vitral::literals {

constexpr double operator""_mm(long double v) { return static_cast<double>(v * 1e-3L); }
constexpr double operator""_um(long double v) { return static_cast<double>(v * 1e-6L); }
constexpr double operator""_nm(long double v) { return static_cast<double>(v * 1e-9L); }
constexpr double operator""_h(long double v) { return static_cast<double>(v * 3600.0L); }
constexpr double operator""_min(long double v) { return static_cast<double>(v * 60.0L); }

}  // namespace vitral::literals

namespace vitral {

/// Celsius is affine, so it is a function and not a literal: celsius(330.0) = 603.15 K.
[[nodiscard]] constexpr double celsius(double degrees) noexcept { return degrees + 273.15; }

}  // namespace vitral
