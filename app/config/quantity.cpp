#include "app/config/quantity.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <vector>

namespace vitral::config {
namespace {

struct Unit {
    std::string_view name;
    Dimension dimension;
    double factor;
    double offset = 0.0;  ///< SI = factor * value + offset
};

/// Another way to write a unit, taken but not listed.
struct Alias {
    std::string_view name, unit;
};
constexpr Alias aliases[] = {
    {"\u00b5m", "um"},
    {"\u03bcm", "um"},
    {"micron", "um"},
    {"microns", "um"},
    {"micrometer", "um"},
    {"micrometers", "um"},
    {"micrometre", "um"},
    {"micrometres", "um"},
    {"nanometer", "nm"},
    {"nanometers", "nm"},
    {"nanometre", "nm"},
    {"nanometres", "nm"},
    {"sec", "s"},
    {"second", "s"},
    {"seconds", "s"},
    {"minute", "min"},
    {"minutes", "min"},
    {"mins", "min"},
    {"hour", "h"},
    {"hours", "h"},
    {"hr", "h"},
    {"hrs", "h"},
    {"\u00b0C", "degC"},
    {"\u2103", "degC"},
    {"C", "degC"},
    {"volt", "V"},
    {"volts", "V"},
    {"\u03a9 m^2", "Ohm m^2"},
    {"\u03a9 cm^2", "Ohm cm^2"},
    {"\u00b0", "deg"},
    {"degree", "deg"},
    {"degrees", "deg"},
};

std::string_view plain_name(std::string_view name) {
    for (const Alias& alias : aliases)
        if (alias.name == name) return alias.unit;
    return name;
}

const std::vector<Unit>& units() {
    static const std::vector<Unit> table = {
        {"m", Dimension::length, 1.0},
        {"cm", Dimension::length, 1e-2},
        {"mm", Dimension::length, 1e-3},
        {"um", Dimension::length, 1e-6},
        {"nm", Dimension::length, 1e-9},
        {"s", Dimension::time, 1.0},
        {"min", Dimension::time, 60.0},
        {"h", Dimension::time, 3600.0},
        {"degC", Dimension::temperature, 1.0, 273.15},
        {"K", Dimension::temperature, 1.0},
        {"V", Dimension::voltage, 1.0},
        {"mV", Dimension::voltage, 1e-3},
        {"kV", Dimension::voltage, 1e3},
        {"B", Dimension::memory, 1.0},
        {"KiB", Dimension::memory, 1024.0},
        {"MiB", Dimension::memory, 1048576.0},
        {"GiB", Dimension::memory, 1073741824.0},
        {"kB", Dimension::memory, 1e3},
        {"MB", Dimension::memory, 1e6},
        {"GB", Dimension::memory, 1e9},
        {"m^2/s", Dimension::diffusivity, 1.0},
        {"cm^2/s", Dimension::diffusivity, 1e-4},
        {"J/mol", Dimension::molar_energy, 1.0},
        {"kJ/mol", Dimension::molar_energy, 1e3},
        {"A/m", Dimension::current_per_length, 1.0},
        {"mA/m", Dimension::current_per_length, 1e-3},
        {"mA/mm", Dimension::current_per_length, 1.0},
        {"uA/mm", Dimension::current_per_length, 1e-3},
        {"uA/cm", Dimension::current_per_length, 1e-4},
        {"A/m^2", Dimension::current_density, 1.0},
        {"mA/cm^2", Dimension::current_density, 10.0},
        {"uA/mm^2", Dimension::current_density, 1.0},
        {"m/s", Dimension::velocity, 1.0},
        {"um/s", Dimension::velocity, 1e-6},
        {"nm/s", Dimension::velocity, 1e-9},
        {"1/m^3", Dimension::number_density, 1.0},
        {"1/cm^3", Dimension::number_density, 1e6},
        {"W/(m K)", Dimension::thermal_conductivity, 1.0},
        {"Pa", Dimension::pressure, 1.0},
        {"MPa", Dimension::pressure, 1e6},
        {"GPa", Dimension::pressure, 1e9},
        {"1/Pa", Dimension::inverse_pressure, 1.0},
        {"1/MPa", Dimension::inverse_pressure, 1e-6},
        {"1/TPa", Dimension::inverse_pressure, 1e-12},
        {"1/m", Dimension::attenuation, 1.0},
        {"1/cm", Dimension::attenuation, 100.0},
        {"dB/m", Dimension::attenuation, 0.23025850929940457},
        {"dB/cm", Dimension::attenuation, 23.025850929940457},
        {"Ohm m^2", Dimension::area_resistance, 1.0},
        {"Ohm cm^2", Dimension::area_resistance, 1e-4},
        {"dB", Dimension::level, 1.0},
        {"mdB", Dimension::level, 1e-3},
        {"rad", Dimension::angle, 1.0},
        {"mrad", Dimension::angle, 1e-3},
        {"deg", Dimension::angle, 0.017453292519943295},
    };
    return table;
}

}  // namespace

std::string_view article_and_name(Dimension dimension) {
    switch (dimension) {
        case Dimension::length:
            return "a length";
        case Dimension::time:
            return "a time";
        case Dimension::temperature:
            return "a temperature";
        case Dimension::voltage:
            return "a voltage";
        case Dimension::memory:
            return "a memory size";
        case Dimension::diffusivity:
            return "a diffusivity";
        case Dimension::molar_energy:
            return "a molar energy";
        case Dimension::current_per_length:
            return "a current per length";
        case Dimension::current_density:
            return "a current density";
        case Dimension::velocity:
            return "a velocity";
        case Dimension::number_density:
            return "a number per volume";
        case Dimension::thermal_conductivity:
            return "a thermal conductivity";
        case Dimension::pressure:
            return "a pressure";
        case Dimension::inverse_pressure:
            return "a stress-optic coefficient";
        case Dimension::attenuation:
            return "an attenuation";
        case Dimension::area_resistance:
            return "a resistance times area";
        case Dimension::level:
            return "a level";
        case Dimension::angle:
            return "an angle";
    }
    return "a quantity";
}

std::string_view si_unit(Dimension dimension) {
    for (const Unit& unit : units())
        if (unit.dimension == dimension && unit.factor == 1.0 && unit.offset == 0.0) return unit.name;
    return "";
}

std::string_view usual_unit(Dimension dimension) {
    switch (dimension) {
        case Dimension::length:
            return "um";
        case Dimension::time:
            return "min";
        case Dimension::temperature:
            return "degC";
        case Dimension::memory:
            return "GiB";
        case Dimension::molar_energy:
            return "kJ/mol";
        case Dimension::attenuation:
            return "dB/cm";
        default:
            return si_unit(dimension);
    }
}

std::string units_of(Dimension dimension) {
    std::string list;
    for (const Unit& unit : units())
        if (unit.dimension == dimension) list += fmt::format("{}{}", list.empty() ? "" : ", ", unit.name);
    return "(" + list + ")";
}

std::string_view likely_unit(double value, Dimension dimension, double low, double high) {
    const auto fits = [&](const Unit& unit) {
        const double si = unit.factor * value + unit.offset;
        return unit.dimension == dimension && si >= low && si <= high;
    };
    const std::string_view usual = usual_unit(dimension);
    for (const Unit& unit : units())
        if (unit.name == usual && fits(unit)) return usual;
    // From the smallest unit up: who leaves a unit out writes the number that belongs to a small one.
    for (auto unit = units().rbegin(); unit != units().rend(); ++unit)
        if (fits(*unit)) return unit->name;
    return usual;
}

std::variant<double, QuantityError> parse_quantity(std::string_view text, Dimension dimension) {
    const auto expected = fmt::format("{} is expected {}", article_and_name(dimension), units_of(dimension));
    double value = 0.0;
    const char* begin = text.data();
    const char* end = begin + text.size();
    while (begin != end && *begin == ' ') ++begin;
    const auto [after, failure] = std::from_chars(begin, end, value);
    if (failure != std::errc{} || !std::isfinite(value))
        return QuantityError{fmt::format("\"{}\" does not begin with a number; {}", text, expected)};
    std::string_view name(after, static_cast<std::size_t>(end - after));
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (name.empty()) return QuantityError{fmt::format("\"{}\" has no unit; {}", text, expected)};
    const std::string_view plain = plain_name(name);
    for (const Unit& unit : units())
        if (unit.name == plain) {
            if (unit.dimension == dimension) return unit.factor * value + unit.offset;
            return QuantityError{fmt::format("\"{}\" is {}, {}", text, article_and_name(unit.dimension), expected)};
        }
    return QuantityError{fmt::format("\"{}\" has the unknown unit \"{}\"; {}", text, name, expected)};
}

std::string format_quantity(double value, Dimension dimension) {
    if (dimension == Dimension::length) {
        const double size = std::abs(value);
        if (size == 0.0) return "0 um";
        if (size < 1e-3) return fmt::format("{:.6g} um", value * 1e6);
        return fmt::format("{:.6g} mm", value * 1e3);
    }
    if (dimension == Dimension::memory)
        return value < 1073741824.0 ? fmt::format("{:.0f} MiB", value / 1048576.0)
                                    : fmt::format("{:.2f} GiB", value / 1073741824.0);
    return fmt::format("{:.6g} {}", value, si_unit(dimension));
}

}  // namespace vitral::config
