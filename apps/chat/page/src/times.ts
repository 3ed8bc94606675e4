// SPDX-License-Identifier: MIT
// Times as people read them: the clock on each message, the day above those of a day.

export function clockTime(time: number): string {
  return new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** The day with its name, which stays true when the day is over; the year where it is not the current one. */
export function dayName(time: number): string {
  const date = new Date(time);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return date.toLocaleDateString([], {
    weekday: "long", day: "numeric", month: "long", ...(isThisYear ? {} : { year: "numeric" }),
  });
}

/** Day and time, where there is room for both. */
export function fullTime(time: number): string {
  return `${dayName(time)}, ${clockTime(time)}`;
}
