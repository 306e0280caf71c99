//! The one WebGL2 program: every device is a point, its shape a distance function of the fragment shader.
//!
//! Positions are fixed-point, and the camera's centre is subtracted from them as integers, which is exact at every
//! zoom and wraps across the antimeridian. Plain uniforms only, no vertex array objects: the context has one user.

use web_sys::{WebGl2RenderingContext as Gl, WebGlProgram, WebGlShader, WebGlUniformLocation};

use crate::geo::World;
use crate::map::tokens::Palette;

/// Points reach this far from their position, in px: the viewport is larger than the canvas by as much,
/// because a point whose middle lies outside of it is not drawn at all.
pub(crate) const MARGIN: f32 = 20.0;

pub(crate) const POSITION: u32 = 0;
pub(crate) const MARK: u32 = 1;

/// What one draw call draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Every mark but alarms.
    Marks = 0,
    /// The same as dots of 4 px, when there are too many for shapes.
    Dots = 1,
    Alarms = 2,
    /// A ring with the mark inside.
    Selected = 3,
}

const VERTEX: &str = r"#version 300 es
precision highp float;
layout(location = 0) in uvec2 a_position;
layout(location = 1) in uvec4 a_mark;
uniform uvec2 u_centre;
uniform float u_scale;
uniform float u_shift;
uniform vec2 u_half;
uniform float u_ratio;
uniform int u_pass;
flat out ivec2 v_mark;
flat out vec2 v_ahead;
flat out float v_size;

void main() {
  int shape = int(a_mark.x);
  int badge = u_pass == 3 ? 0 : int(a_mark.z);
  bool drawn = shape != 0 && (u_pass >= 2 || shape != 5);
  float east = float(int(a_position.x - u_centre.x));
  float south = a_position.y >= u_centre.y
    ? float(a_position.y - u_centre.y)
    : -float(u_centre.y - a_position.y);
  vec2 at = (vec2(east, south) * u_scale + vec2(u_shift, 0.0)) / u_half;
  gl_Position = drawn ? vec4(at.x, -at.y, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  float plain = shape == 1 ? 19.0 : shape == 5 ? 23.0 : 13.0;
  v_size = u_pass == 3 ? 36.0 : u_pass == 1 ? 5.0 : badge > 0 ? 28.0 : plain;
  gl_PointSize = v_size * u_ratio;
  v_mark = ivec2(shape, badge);
  float heading = float(a_mark.y) * (6.28318530718 / 256.0);
  v_ahead = vec2(sin(heading), -cos(heading));
}";

/// Distances are in px, negative inside; y points down. The colour that leaves is premultiplied.
const FRAGMENT: &str = r"#version 300 es
precision highp float;
precision highp int;
uniform float u_ratio;
uniform int u_pass;
uniform vec3 u_device, u_stale, u_bad, u_sun, u_accent, u_halo;
flat in ivec2 v_mark;
flat in vec2 v_ahead;
flat in float v_size;
out vec4 o_colour;

float cover(float d) { return clamp(0.5 - d * u_ratio, 0.0, 1.0); }

void over(vec3 colour, float alpha) {
  o_colour = vec4(colour * alpha, alpha) + o_colour * (1.0 - alpha);
}

float arrow(vec2 p) {
  float ahead = dot(p, v_ahead);
  float side = abs(p.x * v_ahead.y - p.y * v_ahead.x);
  float edge = dot(vec2(side, ahead - 7.2), vec2(0.931, 0.366));
  float notch = dot(vec2(side, ahead + 2.9), vec2(-0.476, -0.879));
  return max(edge, notch);
}

float cross_shape(vec2 p) {
  vec2 q = abs(vec2(p.x + p.y, p.x - p.y)) * 0.7071;
  return min(max(q.x - 5.6, q.y - 1.0), max(q.y - 5.6, q.x - 1.0));
}

float triangle(vec2 p) {
  return max(dot(vec2(abs(p.x), p.y + 7.6), vec2(0.852, -0.524)), p.y - 5.6);
}

float exclamation(vec2 p) {
  float bar = max(abs(p.x) - 0.9, abs(p.y + 0.9) - 2.4);
  return min(bar, max(abs(p.x) - 0.9, abs(p.y - 3.6) - 0.8));
}

float mark(int shape, vec2 p) {
  if (shape == 1) return arrow(p);
  if (shape == 4) return cross_shape(p);
  if (shape == 5) return triangle(p);
  return length(p) - 4.3;
}

vec3 colour_of(int shape) {
  return shape <= 2 ? u_device : shape == 5 ? u_bad : u_stale;
}

void fill(int shape, vec2 p, float d) {
  over(colour_of(shape), cover(d));
  if (shape == 3) over(u_halo, cover(d + 1.4));
  if (shape == 5) over(u_halo, cover(exclamation(p)));
}

void diamond(int badge, vec2 p) {
  vec2 q = abs(p - vec2(8.0, -7.0));
  float d = (q.x + q.y - 4.2) * 0.7071;
  over(u_halo, cover(d - 1.0));
  over(u_sun, cover(d));
  if (badge == 1) over(u_halo, cover(d + 1.4));
}

void main() {
  o_colour = vec4(0.0);
  int shape = v_mark.x;
  vec2 p = (gl_PointCoord - 0.5) * v_size;
  if (u_pass == 1) {
    over(colour_of(shape), cover(length(p) - 2.0));
    return;
  }
  float d = mark(shape, p);
  if (u_pass == 3) {
    float r = length(p);
    over(u_halo, cover(r - 16.4));
    over(u_accent, cover(r - 15.0));
    over(u_halo, cover(r - 12.6));
  } else {
    over(u_halo, cover(d - 1.4));
  }
  fill(shape, p, d);
  if (v_mark.y > 0) diamond(v_mark.y, p);
}";

pub(crate) struct Program {
    gl: Gl,
    centre: Option<WebGlUniformLocation>,
    scale: Option<WebGlUniformLocation>,
    shift: Option<WebGlUniformLocation>,
    half: Option<WebGlUniformLocation>,
    ratio: Option<WebGlUniformLocation>,
    pass: Option<WebGlUniformLocation>,
    program: WebGlProgram,
}

/// From the world to the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Projection {
    pub(crate) centre: World,
    /// Device px of one unit of the world.
    pub(crate) scale: f32,
    /// Half of the viewport in device px, margin included.
    pub(crate) half: [f32; 2],
    /// Device px of one CSS px.
    pub(crate) ratio: f32,
}

impl Program {
    /// Compiles, links and stays in use. The error is the driver's own words.
    pub(crate) fn new(gl: &Gl) -> Result<Self, String> {
        let program = gl.create_program().ok_or("no program")?;
        for (kind, source) in [(Gl::VERTEX_SHADER, VERTEX), (Gl::FRAGMENT_SHADER, FRAGMENT)] {
            gl.attach_shader(&program, &compiled(gl, kind, source)?);
        }
        gl.link_program(&program);
        if gl.get_program_parameter(&program, Gl::LINK_STATUS) != true {
            return Err(gl.get_program_info_log(&program).unwrap_or_default());
        }
        gl.use_program(Some(&program));
        gl.enable(Gl::BLEND);
        gl.blend_func(Gl::ONE, Gl::ONE_MINUS_SRC_ALPHA);
        let uniform = |name| gl.get_uniform_location(&program, name);
        Ok(Self {
            gl: gl.clone(),
            centre: uniform("u_centre"),
            scale: uniform("u_scale"),
            shift: uniform("u_shift"),
            half: uniform("u_half"),
            ratio: uniform("u_ratio"),
            pass: uniform("u_pass"),
            program,
        })
    }

    pub(crate) fn set_palette(&self, palette: &Palette) {
        for (name, colour) in [
            ("u_device", palette.device),
            ("u_stale", palette.stale),
            ("u_bad", palette.bad),
            ("u_sun", palette.sun),
            ("u_accent", palette.accent),
            ("u_halo", palette.halo),
        ] {
            let location = self.gl.get_uniform_location(&self.program, name);
            self.gl
                .uniform3fv_with_f32_array(location.as_ref(), &colour.rgb());
        }
    }

    pub(crate) fn set_projection(&self, projection: Projection) {
        let Projection {
            centre,
            scale,
            half: [half_width, half_height],
            ratio,
        } = projection;
        self.gl.uniform2ui(self.centre.as_ref(), centre.x, centre.y);
        self.gl.uniform1f(self.scale.as_ref(), scale);
        self.gl
            .uniform2f(self.half.as_ref(), half_width, half_height);
        self.gl.uniform1f(self.ratio.as_ref(), ratio);
    }

    /// `shift` moves to another copy of the world, in device px to the right.
    pub(crate) fn begin(&self, pass: Pass, shift: f32) {
        self.gl.uniform1i(self.pass.as_ref(), pass as i32);
        self.gl.uniform1f(self.shift.as_ref(), shift);
    }
}

fn compiled(gl: &Gl, kind: u32, source: &str) -> Result<WebGlShader, String> {
    let shader = gl.create_shader(kind).ok_or("no shader")?;
    gl.shader_source(&shader, source);
    gl.compile_shader(&shader);
    if gl.get_shader_parameter(&shader, Gl::COMPILE_STATUS) != true {
        return Err(gl.get_shader_info_log(&shader).unwrap_or_default());
    }
    Ok(shader)
}
