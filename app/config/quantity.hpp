#pragma once
#include <string>
#include <string_view>
#include <variant>

namespace vitral::config {

enum class Dimension {
    length,
    time,
    temperature,
    voltage,
    memory,
    diffusivity,
    molar_energy,
    current_per_length,
    current_density,
    velocity,
    number_density,
    thermal_conductivity,
    pressure,
    inverse_pressure,
    attenuation,
    area_resistance,
    level,
    angle
};

/// "a length", "a time", ... with the units it takes, for error texts: "(m, cm, mm, um, nm)".
[[nodiscard]] std::string_view article_and_name(Dimension dimension);
[[nodiscard]] std::string units_of(Dimension dimension);
/// The SI unit a resolved config is written in: "m", "s", "K", ...
[[nodiscard]] std::string_view si_unit(Dimension dimension);

/// The unit that people use most: "um", "min", "degC", ...
[[nodiscard]] std::string_view usual_unit(Dimension dimension);

/// The unit that a bare number most likely lacks: the usual one, or the first that puts it between the bounds [SI].
[[nodiscard]] std::string_view likely_unit(double value, Dimension dimension, double low, double high);

/// "1310 nm" -> 1.31e-6; "280 degC" -> 553.15. The error text says what is wrong and what is expected.
struct QuantityError {
    std::string message;
};
[[nodiscard]] std::variant<double, QuantityError> parse_quantity(std::string_view text, Dimension dimension);

/// A value for people: "1.31 um", "553.15 K".
[[nodiscard]] std::string format_quantity(double value, Dimension dimension);

}  // namespace vitral::config
