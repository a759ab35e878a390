#include "diffusion/exchange/section_average.hpp"

namespace vitral::exchange {

SectionAverage::Axis::Axis(const std::vector<double>& faces, double length) {
    const std::size_t n = faces.size() - 1;
    for (std::size_t i = 0; i < n; ++i) {
        size.push_back(faces[i + 1] - faces[i]);
        coupling.push_back(i == 0 ? 0.0 : length * length * 2.0 / (faces[i + 1] - faces[i - 1]));
    }
    coupling.push_back(0.0);
    for (std::size_t i = 0; i < n; ++i) {
        double pivot = size[i] + coupling[i] + coupling[i + 1];
        if (i > 0) pivot -= coupling[i] * coupling[i] * inverse_pivot[i - 1];
        inverse_pivot.push_back(1.0 / pivot);
    }
}

SectionAverage::SectionAverage(const SectionMesh& mesh, double length)
    : x_(mesh.x_faces(), length), y_(mesh.y_faces(), length) {}

void SectionAverage::apply(std::span<double> e) const {
    const std::size_t nx = x_.size.size(), ny = y_.size.size();
    for (std::size_t iy = 0; iy < ny; ++iy) {
        double* row = e.data() + iy * nx;
        row[0] *= x_.size[0];
        for (std::size_t ix = 1; ix < nx; ++ix)
            row[ix] = row[ix] * x_.size[ix] + x_.coupling[ix] * x_.inverse_pivot[ix - 1] * row[ix - 1];
        row[nx - 1] *= x_.inverse_pivot[nx - 1];
        for (std::size_t ix = nx - 1; ix-- > 0;)
            row[ix] = (row[ix] + x_.coupling[ix + 1] * row[ix + 1]) * x_.inverse_pivot[ix];
    }
    for (std::size_t ix = 0; ix < nx; ++ix) e[ix] *= y_.size[0];
    for (std::size_t iy = 1; iy < ny; ++iy) {
        const double share = y_.coupling[iy] * y_.inverse_pivot[iy - 1];
        double *row = e.data() + iy * nx, *below = row - nx;
        for (std::size_t ix = 0; ix < nx; ++ix) row[ix] = row[ix] * y_.size[iy] + share * below[ix];
    }
    for (std::size_t ix = 0; ix < nx; ++ix) e[(ny - 1) * nx + ix] *= y_.inverse_pivot[ny - 1];
    for (std::size_t iy = ny - 1; iy-- > 0;) {
        double *row = e.data() + iy * nx, *above = row + nx;
        for (std::size_t ix = 0; ix < nx; ++ix)
            row[ix] = (row[ix] + y_.coupling[iy + 1] * above[ix]) * y_.inverse_pivot[iy];
    }
}

}  // namespace vitral::exchange
