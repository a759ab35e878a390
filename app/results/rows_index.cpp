#include "app/results/rows.hpp"

namespace vitral::results {
namespace {

using stages::IndexView;
using stages::WavelengthResult;

struct Item {
    const IndexView* view;
};

Value map_of(const std::optional<Field<double>>& field) { return field ? view_value(field->values) : Value(); }

}  // namespace

std::vector<Group> index_groups() {
    std::vector<Group> list;
    list.push_back(make_group<Item>(
        {.name = "index",
         .item = "",
         .words = "The cross-section at z = 0, on the grid of the propagation.",
         .rows = {},
         .fill = {}},
        {{{"n",
           "1",
           {"y", "x"},
           "Refractive index for the polarisation of the light; for scalar light, the mean "
           "of n_x and n_y."},
          [](const Item& i) { return view_value(i.view->n.values); }},
         {{"window", "m", {"side"}, "The window: left, right, bottom and top; under a dark cover the wall is the top."},
          [](const Item& i) {
              const Grid& g = i.view->n.grid;
              return Value(std::vector<double>{g.x.lower, g.x.upper(), g.is_slab() ? 0.0 : g.y.lower,
                                               g.is_slab() ? 0.0 : g.y.upper()});
          }},
         {{"spacing_x", "m", {}, "Spacing of the grid along x."},
          [](const Item& i) { return Value(i.view->n.grid.x.spacing); }},
         {{"spacing_y", "m", {}, "Spacing of the grid along y.", "Not in a slab."},
          [](const Item& i) {
              const Grid& g = i.view->n.grid;
              return g.is_slab() ? Value() : Value(g.y.spacing);
          }},
         {{"n_x", "1", {"y", "x"}, "Refractive index for light polarised along x.", "An incoming ion causes stress."},
          [](const Item& i) { return map_of(i.view->n_x); }},
         {{"n_y", "1", {"y", "x"}, "Refractive index for light polarised along y.", "An incoming ion causes stress."},
          [](const Item& i) { return map_of(i.view->n_y); }},
         {{"absorption",
           "1/m",
           {"y", "x"},
           "Power attenuation coefficient of the material.",
           "The records of the materials state their absorption."},
          [](const Item& i) { return map_of(i.view->absorption); }}},
        [](const WavelengthResult& w, Fields) -> std::optional<std::vector<Item>> {
            if (!w.index || w.index->n.grid.size() == 0) return {};
            return std::vector<Item>{{&*w.index}};
        },
        [](const WavelengthResult& w) {
            const Grid& g = w.index->n.grid;
            return std::vector<AxisInfo>{{"y", "m", "height above the glass surface", positions(g.y)},
                                         {"x", "m", "lateral position", positions(g.x)},
                                         {"side", "1", "left, right, bottom, top", {0.0, 1.0, 2.0, 3.0}}};
        }));
    return list;
}

}  // namespace vitral::results
