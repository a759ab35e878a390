#include "solver/kernels/tensor_elements.hpp"

namespace vitral::kernels {
namespace {

/// Functions of a line space on one element, and on the whole line.
int on_element(Space space, int degree) { return space == Space::continuous ? degree + 1 : degree; }
int on_line(Space space, const PiecewisePolynomials& line) {
    return line.elements() * line.degree() + (space == Space::continuous ? 1 : 0);
}
/// Number on the line of function k of element e: continuous functions in the order end, inner ones, next end.
int number(Space space, int degree, int e, int k) {
    if (space == Space::broken) return e * degree + k;
    return k == 0 ? e * degree : k == 1 ? (e + 1) * degree : e * degree + k - 1;
}

}  // namespace

TensorElements::TensorElements(std::vector<TensorField> fields, PiecewisePolynomials x, PiecewisePolynomials y,
                               Walls walls)
    : fields_(std::move(fields)), x_(std::move(x)), y_(std::move(y)), walls_(walls) {
    for (int f = 0; f < static_cast<int>(fields_.size()); ++f) {
        const TensorField& field = fields_[static_cast<std::size_t>(f)];
        local_begin_.push_back(static_cast<int>(local_.size()));
        global_begin_.push_back(size_);
        for (int kx = 0; kx < on_element(field.x, x_.degree()); ++kx)
            for (int ky = 0; ky < on_element(field.y, y_.degree()); ++ky) local_.push_back({f, kx, ky});
        size_ += on_line(field.x, x_) * on_line(field.y, y_);
    }
    global_.reserve(local_.size() * static_cast<std::size_t>(nx() * ny()));
    for (int ex = 0; ex < nx(); ++ex)
        for (int ey = 0; ey < ny(); ++ey)
            for (const Local& u : local_) global_.push_back(number_of(ex, ey, u));
}

int TensorElements::number_of(int ex, int ey, const Local& u) const {
    const TensorField& field = fields_[static_cast<std::size_t>(u.field)];
    const int gx = number(field.x, x_.degree(), ex, u.kx), gy = number(field.y, y_.degree(), ey, u.ky);
    const int last_x = nx() * x_.degree(), last_y = ny() * y_.degree();
    if (field.x == Space::continuous && ((walls_.left && gx == 0) || (walls_.right && gx == last_x))) return -1;
    if (field.y == Space::continuous && ((walls_.bottom && gy == 0) || (walls_.top && gy == last_y))) return -1;
    return global_begin_[static_cast<std::size_t>(u.field)] + gx * on_line(field.y, y_) + gy;
}

}  // namespace vitral::kernels
