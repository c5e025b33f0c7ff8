// Times of any CF calendar.

export { TimeAxis, timeTicks } from "./axis.js";
export { calendarName, dateOfDay, dayNumber, daysInMonth } from "./calendar.js";
export { formatTime, isoText, monthNames, parseTime, precisionOf, secondsOf, timeOf } from "./label.js";
