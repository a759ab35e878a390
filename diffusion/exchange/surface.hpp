#pragma once
#include <array>

namespace vitral::exchange {

/// At most two incoming ions; the second place stays empty in binary exchange.
inline constexpr int most_ions = 2;

/// What lies on a surface cell. Ions: `sealed` lets none through; `equilibrium` holds the glass at `fraction`;
/// `kinetic` takes the flux rate (fraction - c) [m/s]; `film` sends the whole current in as ion `film_ion`.
/// Current: an electrode where `contact` is set, a melt at the anode's potential, a metal at `potential` against the melt.
/// Through a metal current can only leave the glass, carried by the glass's own ion, behind `resistance` (its contact
/// resistance times the conductivity of the fresh glass, [m]).
struct SurfaceCell {
    enum class Ions { sealed, equilibrium, kinetic, film };
    enum class Contact { none, melt, metal };
    Ions ions = Ions::sealed;
    Contact contact = Contact::none;
    std::array<double, most_ions> fraction{};
    double rate = 0.0;
    int film_ion = 0;
    double potential = 0.0;
    double resistance = 0.0;
    int opening = -1;  ///< number of the opening that the cell lies in; -1: none
};

}  // namespace vitral::exchange
