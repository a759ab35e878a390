#pragma once
/// Physical constants, SI. Exact values are those of the 2019 SI; derived ones are computed.
namespace vitral {

inline constexpr double pi = 3.141592653589793238;
inline constexpr double speed_of_light = 299792458.0;  // [m/s], exact
inline constexpr double q_e = 1.602176634e-19;         ///< elementary charge [C], exact
inline constexpr double k_B = 1.380649e-23;            ///< Boltzmann constant [J/K], exact
inline constexpr double N_Avogadro = 6.02214076e23;    ///< Avogadro constant [1/mol], exact
inline constexpr double R_gas = k_B * N_Avogadro;      ///< molar gas constant [J/(mol K)]

/// Thermal voltage V_T = k_B T / e [V].
[[nodiscard]] constexpr double thermal_voltage(double temperature) noexcept { return k_B * temperature / q_e; }

}  // namespace vitral
