package schedule

import "bassin/internal/when"

// Holiday names a public holiday; it is the end of a text key.
type Holiday string

// The public holidays of France (Code du travail, article L3133-1), and the two more of Moselle,
// Bas-Rhin and Haut-Rhin (article L3134-13; Good Friday there only in communes with a Protestant
// or a shared church).
const (
	NewYear          Holiday = "new_year"
	GoodFriday       Holiday = "good_friday" // Alsace-Moselle
	EasterMonday     Holiday = "easter_monday"
	LabourDay        Holiday = "labour_day"
	Victory          Holiday = "victory"
	Ascension        Holiday = "ascension"
	WhitMonday       Holiday = "whit_monday"
	NationalDay      Holiday = "national_day"
	Assumption       Holiday = "assumption"
	AllSaints        Holiday = "all_saints"
	Armistice        Holiday = "armistice"
	Christmas        Holiday = "christmas"
	SaintStephensDay Holiday = "saint_stephen" // Alsace-Moselle
)

// Holidays says which public holidays a calendar keeps.
type Holidays string

// The holidays that are known. The law of today is applied to every year from 1900 to 2200.
const (
	NoHolidays    Holidays = ""
	France        Holidays = "france"         // 11 days
	AlsaceMoselle Holidays = "alsace_moselle" // 13 days
)

// PublicHoliday is a public holiday with its date.
type PublicHoliday struct {
	Date when.Date
	Name Holiday
}

// In lists the holidays of a year from 1900 to 2200 in the order of the law, not of the dates.
// Two may fall on one day: Ascension was on 1 May in 2008.
func (h Holidays) In(year int) []PublicHoliday {
	if year < when.MinYear || year > when.MaxYear {
		return nil
	}
	var list []PublicHoliday
	h.each(year, func(day int, name Holiday) { list = append(list, PublicHoliday{dateOf(day), name}) })
	return list
}

func (h Holidays) each(year int, yield func(day int, name Holiday)) {
	if h == NoHolidays {
		return
	}
	easter := easter(year)
	yield(civil(year, 1, 1), NewYear)
	yield(easter+1, EasterMonday)
	yield(civil(year, 5, 1), LabourDay)
	yield(civil(year, 5, 8), Victory)
	yield(easter+39, Ascension)
	yield(easter+50, WhitMonday)
	yield(civil(year, 7, 14), NationalDay)
	yield(civil(year, 8, 15), Assumption)
	yield(civil(year, 11, 1), AllSaints)
	yield(civil(year, 11, 11), Armistice)
	yield(civil(year, 12, 25), Christmas)
	if h == AlsaceMoselle {
		yield(easter-2, GoodFriday)
		yield(civil(year, 12, 26), SaintStephensDay)
	}
}

// easter gives Easter Sunday by the Gregorian computus (Meeus, Jones and Butcher; "Nature",
// 20 April 1876).
func easter(year int) int {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	return civil(year, month, (h+l-7*m+33*month+19)%32)
}
