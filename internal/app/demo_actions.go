package app

import (
	"bassin/internal/programme"
	"bassin/internal/when"
)

// costs gives a cost line a year, in euros, all of one kind.
func costs(kind programme.CostKind, first int, euros ...int64) []programme.Cost {
	var list []programme.Cost
	for i, e := range euros {
		list = append(list, programme.Cost{Year: first + i, Kind: kind, PlannedCents: e * 100})
	}
	return list
}

func sheet(reference, title, context, description, stakes string) programme.Action {
	return programme.Action{
		Identity: programme.Identity{Reference: reference, Title: title, Commitment: programme.Firm, Confidentiality: programme.ForPublic},
		Content:  programme.Content{Context: context, Description: description, Stakes: stakes, Beneficiaries: "Entreprises industrielles du Bassin d’Alès et leurs salariés."},
	}
}

func indicator(name, unit string, from float64, fromOn when.Date, to float64, toOn when.Date, values ...programme.Value) demoIndicator {
	return demoIndicator{programme.Indicator{Name: name, Unit: unit, Direction: programme.Rise, Baseline: from, BaselineOn: fromOn, Target: to, TargetOn: toOn, Weight: 1, Source: "Exemple"}, values}
}

func value(on when.Date, x float64) programme.Value {
	return programme.Value{On: on, Value: x, Source: "Comptage du porteur (exemple)"}
}

// example ends the description of sheets whose figures are made up.
const example = " Les montants, dates et jalons de cette fiche sont des exemples."

// demoActions are the ten sheets. Recent dates hang on today, so that what is late stays late.
func demoActions(today when.Date) []demoAction {
	year := today.Year()
	day := func(y, n int) when.Date { return when.Day(y, 1, n) }
	var list []demoAction

	pole := sheet("ALES-01", "Extension du Pôle mécanique",
		"Le Pôle mécanique d’Alès réunit des entreprises autour de circuits d’essai ; environ 1 000 emplois sur le site. Les terrains disponibles ne suffisent plus aux demandes.",
		"Aménager de nouveaux terrains et ateliers, accueillir de nouvelles entreprises et développer la filière « sports mécaniques et mobilité durable »."+example,
		"Garder sur le territoire les entreprises en croissance et attirer leurs fournisseurs : la filière est la première vitrine industrielle du bassin.")
	pole.StartsOn, pole.EndsOn, pole.Demo = "2021-03-01", day(year+1, 350), true
	pole.Pilots = []programme.Pilot{{Name: "Directeur du Pôle mécanique", Title: "Alès Agglomération"}}
	pole.SponsorName, pole.SponsorTitle = "Vice-président à l’industrie", "Alès Agglomération"
	pole.JobsCreatedPlanned, pole.JobsCreatedActual = 80, 38
	pole.Outlook, pole.Priority = programme.Sun, programme.High
	list = append(list, demoAction{Action: pole, axes: []string{"attract", "innovate"}, owners: []string{ales}, partners: map[string]string{chamber: "Prospection des entreprises"},
		since: "2020-02-10", costs: append(costs(programme.Investment, 2021, 2_400_000, 3_600_000, 4_200_000, 2_500_000), costs(programme.Investment, year, 1_500_000)...),
		lines: []demoLine{
			{ales, "Budget annexe", programme.OwnFunds, 2021, 1_000_000, 0, programme.Paid, "2020-09-01"},
			{region, "Immobilier d’entreprise", programme.Grant, 2021, 900_000, 1_000_000, programme.Paid, "2020-09-15"},
			{state, "DETR", programme.Grant, 2021, 500_000, 0, programme.Paid, "2020-10-01"},
			{ales, "Budget annexe", programme.OwnFunds, 2022, 1_600_000, 0, programme.Paid, "2021-09-01"},
			{region, "Immobilier d’entreprise", programme.Grant, 2022, 1_200_000, 1_400_000, programme.Paid, "2021-09-15"},
			{feder, "FEDER 2021-2027", programme.Grant, 2022, 800_000, 0, programme.Paid, "2021-10-01"},
			{ales, "Budget annexe", programme.OwnFunds, 2023, 1_900_000, 0, programme.Paid, "2022-09-01"},
			{region, "Immobilier d’entreprise", programme.Grant, 2023, 1_150_000, 1_300_000, programme.Contracted, "2022-09-15"},
			{bank, "Prêt territorial", programme.Loan, 2023, 1_150_000, 0, programme.Paid, "2022-10-01"},
			{ales, "Budget annexe", programme.OwnFunds, 2024, 1_500_000, 0, programme.Paid, "2023-09-01"},
			{state, "DETR", programme.Grant, 2024, 1_000_000, 0, programme.Contracted, "2023-10-01"},
			{ales, "Budget annexe", programme.OwnFunds, year, 600_000, 0, programme.Decided, day(year-1, 260)},
			{region, "Immobilier d’entreprise", programme.Grant, year, 900_000, 0, programme.Asked, day(year, 40)},
		},
		milestones: []programme.Milestone{{Title: "Première tranche viabilisée", DueOn: "2022-06-30", ReachedOn: "2022-07-12"}, {Title: "Livraison de la voirie", DueOn: today.AddDays(40)}, {Title: "Dernière parcelle vendue", DueOn: day(year+1, 300)}},
		indicators: []demoIndicator{indicator("Entreprises accueillies", "entreprises", 0, "2021-03-01", 14, day(year+1, 350), value("2022-12-15", 3), value("2024-06-15", 7), value(today.AddDays(-45), 9))},
		notes:      []programme.Note{{On: today.AddDays(-6), Text: "Réunion de chantier : la voirie sera livrée à la date prévue."}},
		moves:      []demoMove{{"2020-06-20", programme.Planned}, {"2021-03-02", programme.UnderWay}},
	})

	digital := sheet("ALES-02", "Compétences numériques avec le campus Digit’Alès",
		"Le campus réunit en un lieu une école régionale du numérique, le CNAM, un tiers-lieu de formation et de jeunes entreprises.",
		"Ouvrir l’écosystème de compétences numériques aux PME du bassin : parcours courts, diagnostics, accueil d’apprentis."+example,
		"Sans compétences sur place, les PME remettent leur transition numérique à plus tard ; elles recrutent difficilement hors du bassin.")
	digital.StartsOn, digital.EndsOn, digital.Demo, digital.Outlook = "2022-09-01", day(year+1, 240), true, programme.Sun
	digital.Pilots = []programme.Pilot{{Name: "Directrice du campus", Title: "Digit’Alès"}}
	digital.JobsCreatedPlanned, digital.JobsCreatedActual = 12, 9
	list = append(list, demoAction{Action: digital, axes: []string{"recruit"}, owners: []string{campus, ales}, partners: map[string]string{school: "Interventions d’enseignants"},
		since: "2021-11-08", costs: costs(programme.Operation, 2022, 300_000, 400_000, 400_000, 300_000, 200_000),
		lines: []demoLine{
			{region, "École régionale du numérique", programme.Grant, 2022, 200_000, 0, programme.Paid, "2022-01-15"}, {campus, "", programme.OwnFunds, 2022, 100_000, 0, programme.Paid, "2022-01-15"},
			{region, "École régionale du numérique", programme.Grant, 2023, 250_000, 0, programme.Paid, "2022-11-15"}, {campus, "", programme.OwnFunds, 2023, 150_000, 0, programme.Paid, "2022-11-15"},
			{region, "École régionale du numérique", programme.Grant, 2024, 250_000, 0, programme.Paid, "2023-11-15"}, {campus, "", programme.OwnFunds, 2024, 150_000, 0, programme.Paid, "2023-11-15"},
			{region, "École régionale du numérique", programme.Grant, 2025, 200_000, 0, programme.Contracted, "2024-11-15"}, {campus, "", programme.OwnFunds, 2025, 100_000, 0, programme.Paid, "2024-11-15"},
			{ales, "Subvention de fonctionnement", programme.Grant, 2026, 200_000, 0, programme.Contracted, "2025-06-10"},
		},
		milestones: []programme.Milestone{{Title: "Ouverture des parcours", DueOn: "2022-10-01", ReachedOn: "2022-09-28"}, {Title: "Prochaine rentrée", DueOn: today.AddDays(75)}},
		indicators: []demoIndicator{indicator("Personnes formées", "personnes", 0, "2022-09-01", 240, day(year+1, 240), value("2023-07-10", 48), value("2024-07-10", 105), value("2025-07-10", 158), value(today.AddDays(-30), 171))},
		moves:      []demoMove{{"2022-02-01", programme.Planned}, {"2022-09-05", programme.UnderWay}},
	})

	think := sheet("ALES-03", "Think & Mate, smart Factory",
		"Les PME du bassin conduisent leurs projets d’un outil à l’autre, sans vue d’ensemble ; peu disposent de machines de fabrication additive.",
		"Plateforme collaborative de services portée par IMT Mines Alès : un espace virtuel qui réunit tous les outils nécessaires à la conduite d’un projet, pour un appui coordonné et transversal sur tout le cycle de vie du produit, au service de la transition numérique des entreprises et de la fabrication additive."+example,
		"Donner à une PME les moyens d’un grand bureau d’études, et faire servir à plusieurs les machines et les compétences de l’école.")
	think.StartsOn, think.EndsOn, think.Demo, think.Outlook, think.Priority = "2024-09-02", "2027-12-31", true, programme.Cloud, programme.High
	think.TechnicalNeeds = "Ingénierie d’un opérateur pour l’architecture de l’espace de travail et la protection des données confiées."
	think.Pilots = []programme.Pilot{{Name: "Enseignant-chercheur", Title: "IMT Mines Alès"}}
	think.SponsorName, think.SponsorTitle = "Première vice-présidente", "Alès Agglomération"
	think.JobsCreatedPlanned, think.JobsCreatedActual = 11, 4
	list = append(list, demoAction{Action: think, axes: []string{"innovate", "recruit"}, owners: []string{school}, partners: map[string]string{ales: "Appui et cofinancement", chamber: "Relais auprès des entreprises"},
		since: "2023-05-15", costs: []programme.Cost{
			{Year: 2024, Kind: programme.Investment, PlannedCents: 300_000_00, ActualCents: 291_400_00}, {Year: 2024, Kind: programme.Operation, PlannedCents: 180_000_00, ActualCents: 176_200_00},
			{Year: 2025, Kind: programme.Investment, PlannedCents: 420_000_00, ActualCents: 433_100_00}, {Year: 2025, Kind: programme.Operation, PlannedCents: 340_000_00, ActualCents: 318_700_00},
			{Year: 2026, Kind: programme.Investment, PlannedCents: 460_000_00}, {Year: 2026, Kind: programme.Operation, PlannedCents: 400_000_00},
			{Year: 2027, Kind: programme.Investment, PlannedCents: 300_000_00}, {Year: 2027, Kind: programme.Operation, PlannedCents: 400_000_00}},
		lines: []demoLine{
			{region, "Aide aux plateformes", programme.Grant, 2024, 150_000, 0, programme.Paid, "2023-10-10"},
			{region, "Aide aux plateformes", programme.Grant, 2025, 200_000, 0, programme.Paid, "2024-07-10"},
			{region, "Aide aux plateformes", programme.Grant, 2026, 200_000, 240_000, programme.Decided, today.AddDays(-toDecide - 20)},
			{region, "Aide aux plateformes", programme.Grant, 2027, 150_000, 0, programme.Asked, today.AddDays(-60)},
			{state, "Programme national", programme.Grant, 2024, 180_000, 0, programme.Paid, "2023-10-20"},
			{state, "Programme national", programme.Grant, 2025, 240_000, 0, programme.Contracted, "2024-10-20"},
			{state, "Programme national", programme.Grant, 2026, 240_000, 0, programme.Asked, today.AddDays(-143)},
			{feder, "FEDER 2021-2027", programme.Grant, 2025, 160_000, 0, programme.Contracted, "2024-09-05"},
			{feder, "FEDER 2021-2027", programme.Grant, 2026, 160_000, 0, programme.Decided, today.AddDays(-toDecide - 50)},
			{feder, "FEDER 2021-2027", programme.Grant, 2027, 120_000, 0, programme.Foreseen, today.AddDays(25)},
			{school, "", programme.OwnFunds, 2024, 90_000, 0, programme.Paid, "2023-10-10"},
			{school, "", programme.OwnFunds, 2025, 90_000, 0, programme.Paid, "2024-07-10"},
			{school, "", programme.OwnFunds, 2026, 90_000, 0, programme.Contracted, "2025-10-10"},
			{school, "", programme.OwnFunds, 2027, 70_000, 0, programme.Foreseen, today.AddDays(20)},
			{ales, "Fonds d’appui", programme.Grant, 2024, 60_000, 0, programme.Paid, "2023-10-10"},
			{ales, "Fonds d’appui", programme.Grant, 2025, 60_000, 0, programme.Paid, "2024-07-10"},
			{ales, "Fonds d’appui", programme.Grant, 2026, 60_000, 0, programme.Contracted, "2025-10-10"},
			{ales, "Fonds d’appui", programme.Grant, 2027, 60_000, 0, programme.Foreseen, today.AddDays(15)},
			{agency, "Avance innovation", programme.RepayableAdvance, 2026, 150_000, 0, programme.Refused, today.AddDays(-toDecide - 70)},
		},
		milestones: []programme.Milestone{{Title: "Cahier des charges validé", DueOn: "2025-02-28", ReachedOn: "2025-02-24"}, {Title: "Premières machines partagées", DueOn: "2026-01-31", ReachedOn: "2026-01-20"}, {Title: "Version pilote ouverte", DueOn: today.AddDays(57)}, {Title: "Trente entreprises inscrites", DueOn: day(year+1, 180)}},
		blocker:    &programme.Blocker{Text: "L’État n’a pas répondu à la demande pour 2026 : 240 000 € demandés il y a cinq mois.", Unblock: "Réponse écrite attendue, portée par la sous-préfecture.", SinceOn: today.AddDays(-25)},
		indicators: []demoIndicator{
			indicator("Entreprises accompagnées", "entreprises", 0, "2024-09-02", 40, "2027-12-31", value("2025-06-30", 7), value("2025-12-31", 13), value(today.AddDays(-20), 18)),
			indicator("Pièces fabriquées", "pièces", 0, "2024-09-02", 300, "2027-12-31", value("2025-12-31", 61), value(today.AddDays(-20), 126)),
			indicator("Heures de formation", "heures", 0, "2024-09-02", 800, "2027-12-31", value("2025-12-31", 240), value(today.AddDays(-20), 395)),
		},
		notes: []programme.Note{{On: today.AddDays(-2), Text: "Point avec les partenaires : la version pilote est en recette, deux entreprises l’essaient."}, {On: today.AddDays(-33), Text: "Relance de la préfecture par écrit."}},
		moves: []demoMove{{"2023-11-20", programme.Planned}, {"2024-09-03", programme.UnderWay}},
	})

	land := sheet("ALES-04", "Foncier industriel prêt à construire",
		"Une dizaine d’entreprises cherchent un terrain de plus de 5 000 m² dans le bassin ; aucun n’est libre et équipé.",
		"Acquérir, dépolluer et viabiliser d’anciennes emprises industrielles pour proposer des terrains prêts à construire."+example,
		"Répondre en six mois à une entreprise qui veut s’installer, sans consommer de terres agricoles.")
	land.StartsOn, land.EndsOn, land.Demo, land.Outlook = "2023-01-09", day(year+2, 180), true, programme.Overcast
	land.Pilots = []programme.Pilot{{Name: "Responsable du foncier", Title: "Alès Agglomération"}}
	list = append(list, demoAction{Action: land, axes: []string{"attract", "simplify"}, owners: []string{ales}, partners: map[string]string{bank: "Ingénierie"},
		since: "2022-03-14", costs: costs(programme.Investment, 2023, 900_000, 1_600_000, 2_000_000, 2_000_000),
		lines: []demoLine{
			{ales, "Budget principal", programme.OwnFunds, 2023, 500_000, 0, programme.Paid, "2022-06-01"}, {state, "Fonds friches", programme.Grant, 2023, 400_000, 600_000, programme.Paid, "2022-06-10"},
			{ales, "Budget principal", programme.OwnFunds, 2024, 700_000, 0, programme.Contracted, "2023-06-01"}, {state, "Fonds friches", programme.Grant, 2024, 900_000, 0, programme.Contracted, "2023-06-10"},
			{bank, "Prêt renouvellement urbain", programme.Loan, 2025, 1_200_000, 0, programme.Decided, "2024-09-10"}, {region, "Foncier économique", programme.Grant, 2025, 800_000, 0, programme.Asked, "2025-02-01"},
			{region, "Foncier économique", programme.Grant, 2026, 1_400_000, 0, programme.Foreseen, today.AddDays(10)},
		},
		milestones: []programme.Milestone{{Title: "Acquisition des emprises", DueOn: "2024-03-31", ReachedOn: "2024-05-16"}, {Title: "Permis d’aménager", DueOn: today.AddDays(-21)}, {Title: "Fin de la dépollution", DueOn: day(year+1, 200)}},
		indicators: []demoIndicator{indicator("Surface prête à construire", "ha", 0, "2023-01-09", 18, day(year+2, 180), value("2024-12-31", 3), value(today.AddDays(-70), 5))},
		notes:      []programme.Note{{On: today.AddDays(-15), Text: "Le service instructeur demande une étude d’eau complémentaire."}},
		moves:      []demoMove{{"2022-07-01", programme.Planned}, {"2023-01-10", programme.UnderWay}},
	})

	train := sheet("ALES-05", "Formation des salariés de la métallurgie",
		"Accord 2019-2021 entre le service de l’État chargé du travail et l’opérateur de compétences de la métallurgie, pour les salariés des entreprises des dix territoires de la région.",
		"Former les salariés des entreprises du travail des métaux aux procédés et aux outils numériques, par sessions courtes, près de l’atelier."+example,
		"Garder l’emploi pendant que les métiers changent, et rendre possible l’usage de machines nouvelles.")
	train.StartsOn, train.EndsOn, train.Demo, train.Outlook = "2019-09-02", day(year+1, 90), true, programme.Sun
	train.Pilots = []programme.Pilot{{Name: "Conseillère formation", Title: "OPCAIM"}}
	train.JobsKeptPlanned, train.JobsKeptActual = 220, 164
	list = append(list, demoAction{Action: train, axes: []string{"recruit"}, owners: []string{opco}, partners: map[string]string{campus: "Accueil des sessions"},
		since: "2020-01-20", costs: costs(programme.Operation, 2020, 700_000, 900_000, 600_000, 600_000, 600_000),
		lines: []demoLine{
			{state, "Fonds national de l’emploi", programme.Grant, 2020, 400_000, 0, programme.Paid, "2020-02-20"}, {opco, "", programme.OwnFunds, 2020, 300_000, 0, programme.Paid, "2020-02-20"},
			{state, "Fonds national de l’emploi", programme.Grant, 2021, 500_000, 0, programme.Paid, "2020-10-20"}, {opco, "", programme.OwnFunds, 2021, 400_000, 0, programme.Paid, "2020-10-20"},
			{opco, "", programme.OwnFunds, 2022, 600_000, 0, programme.Paid, "2021-10-20"}, {region, "Plan de formation", programme.Grant, 2023, 350_000, 0, programme.Paid, "2022-10-20"},
			{opco, "", programme.OwnFunds, 2023, 250_000, 0, programme.Paid, "2022-10-20"}, {region, "Plan de formation", programme.Grant, 2024, 350_000, 0, programme.Contracted, "2023-10-20"},
			{opco, "", programme.OwnFunds, 2024, 250_000, 0, programme.Paid, "2023-10-20"},
		},
		milestones: []programme.Milestone{{Title: "Première session", DueOn: "2020-09-15", ReachedOn: "2020-10-05"}, {Title: "Session n° 6", DueOn: today.AddDays(25)}},
		indicators: []demoIndicator{indicator("Salariés formés", "salariés", 0, "2020-01-20", 600, day(year+1, 90), value("2021-12-31", 190), value("2023-12-31", 310), value(today.AddDays(-40), 352))},
		moves:      []demoMove{{"2020-03-02", programme.Planned}, {"2020-09-15", programme.UnderWay}},
	})

	heat := sheet("ALES-06", "Chaleur renouvelable pour la zone industrielle",
		"Six entreprises de la zone brûlent du gaz pour leurs procédés ; leur facture a doublé.",
		"Réseau de chaleur alimenté au bois et à la chaleur perdue d’une fonderie, pour six entreprises raccordées."+example,
		"Baisser de moitié les émissions de la zone et donner un prix de l’énergie prévisible.")
	heat.StartsOn, heat.EndsOn, heat.Demo, heat.Outlook = "2024-03-04", day(year+2, 60), true, programme.Storm
	heat.Pilots = []programme.Pilot{{Name: "Chargée de mission énergie", Title: "Syndicat mixte (exemple)"}}
	list = append(list, demoAction{Action: heat, axes: []string{"innovate"}, owners: []string{syndic}, partners: map[string]string{ales: "Foncier"},
		since: "2023-02-06", costs: costs(programme.Investment, 2025, 1_100_000, 2_000_000, 1_000_000),
		lines: []demoLine{
			{agency, "Fonds chaleur", programme.Grant, 2025, 500_000, 0, programme.Decided, "2024-05-10"}, {syndic, "", programme.OwnFunds, 2025, 300_000, 0, programme.Decided, "2024-06-01"},
			{agency, "Fonds chaleur", programme.Grant, 2026, 900_000, 0, programme.Asked, "2025-05-10"}, {bank, "Prêt transition", programme.Loan, 2026, 700_000, 0, programme.Foreseen, today.AddDays(5)},
		},
		milestones: []programme.Milestone{{Title: "Étude de faisabilité rendue", DueOn: "2024-12-20", ReachedOn: "2025-01-17"}, {Title: "Avis de raccordement"}},
		blocker:    &programme.Blocker{Text: "Le gestionnaire du réseau électrique n’a pas rendu son avis de raccordement.", Unblock: "Intervention de l’État auprès du gestionnaire ; demande de simplification à déposer.", SinceOn: today.AddDays(-64)},
		indicators: []demoIndicator{indicator("Entreprises raccordées", "entreprises", 0, "2024-03-04", 6, day(year+2, 60), value(today.AddDays(-64), 0))},
		moves:      []demoMove{{"2023-10-02", programme.Planned}, {"2024-03-05", programme.UnderWay}, {today.AddDays(-63), programme.Blocked}},
	})

	workshop := sheet("ALES-07", "Atelier partagé de fabrication",
		"Les très petites entreprises n’ont pas accès aux machines de fabrication additive ni au contrôle dimensionnel.",
		"Un atelier ouvert, avec machines, métrologie et accompagnement, géré par une coopérative d’entreprises."+example,
		"Permettre le premier prototype en une semaine, et partager des machines trop chères pour une seule entreprise.")
	workshop.StartsOn, workshop.EndsOn, workshop.Demo, workshop.Outlook, workshop.Confidentiality = "2024-06-03", day(year+1, 330), true, programme.Overcast, programme.ForContract
	workshop.Pilots = []programme.Pilot{{Name: "Gérant de l’atelier", Title: "Atelier coopératif (exemple)"}}
	workshop.JobsCreatedPlanned, workshop.JobsCreatedActual = 8, 3
	list = append(list, demoAction{Action: workshop, axes: []string{"innovate", "attract"}, owners: []string{shop, school}, partners: map[string]string{ergo: "Entreprise utilisatrice"},
		since: "2023-09-04", costs: costs(programme.Investment, 2024, 600_000, 900_000, 700_000),
		lines: []demoLine{
			{region, "Tiers-lieux productifs", programme.Grant, 2024, 350_000, 0, programme.Paid, "2023-10-05"}, {shop, "", programme.OwnFunds, 2024, 250_000, 0, programme.Paid, "2023-10-05"},
			{region, "Tiers-lieux productifs", programme.Grant, 2025, 300_000, 0, programme.Decided, "2025-01-05"}, {state, "Manufactures de proximité", programme.Grant, 2025, 350_000, 400_000, programme.Contracted, "2024-10-05"},
			{shop, "", programme.OwnFunds, 2025, 250_000, 0, programme.Paid, "2024-10-05"}, {feder, "FEDER 2021-2027", programme.Grant, 2026, 400_000, 0, programme.Asked, "2025-11-05"},
			{shop, "", programme.OwnFunds, 2026, 300_000, 0, programme.Foreseen, today.AddDays(8)},
		},
		milestones: []programme.Milestone{{Title: "Bail signé", DueOn: "2024-06-30", ReachedOn: "2024-06-27"}, {Title: "Réception des machines", DueOn: today.AddDays(-15)}, {Title: "Ouverture au public", DueOn: today.AddDays(90)}},
		indicators: []demoIndicator{indicator("Entreprises adhérentes", "entreprises", 0, "2024-06-03", 45, day(year+1, 330), value("2025-06-30", 9), value(today.AddDays(-50), 16))},
		moves:      []demoMove{{"2024-01-10", programme.Planned}, {"2024-06-04", programme.UnderWay}},
	})

	firms := sheet("ALES-08", "Projets d’investissement d’entreprises",
		"Le comité régional du 6 novembre 2020 a soutenu trois projets d’entreprises du Bassin d’Alès.",
		"Aide régionale à l’investissement d’Ergosanté (coût 1,2 M€, 26 emplois), SD-Tech (1,5 M€, 15 emplois) et Capelle : 2 325 000 € décidés, environ 70 emplois en trois ans. Le coût du projet de Capelle n’est pas public : le coût inscrit est celui des deux autres.",
		"Accompagner des entreprises qui investissent et recrutent dans le bassin.")
	firms.StartsOn, firms.Outlook = "2020-11-06", ""
	firms.JobsCreatedPlanned = 70
	list = append(list, demoAction{Action: firms, axes: []string{"attract", "recruit"}, owners: []string{region}, partners: map[string]string{ergo: "Bénéficiaire", sdtech: "Bénéficiaire", capelle: "Bénéficiaire"},
		since: "2020-11-10", costs: []programme.Cost{{Year: 2020, Kind: programme.Investment, PlannedCents: 2_700_000_00, Note: "Ergosanté 1,2 M€ et SD-Tech 1,5 M€"}},
		lines: []demoLine{{region, "Aide à l’investissement", programme.Grant, 2020, 2_325_000, onlyDecided, programme.Decided, "2020-11-06"}},
		moves: []demoMove{{"2020-11-12", programme.Planned}, {"2020-11-16", programme.UnderWay}},
	})

	rules := sheet("ALES-09", "Guichet unique de simplification",
		"Les entreprises s’adressent à quatre services pour une même autorisation, sans connaître l’avancement de leur dossier.",
		"Une équipe commune des services de l’État et de l’Agglomération reçoit les demandes, nomme un interlocuteur et rend compte des délais."+example,
		"Faire gagner des mois aux projets et faire remonter les règles qui bloquent sans raison.")
	rules.StartsOn, rules.EndsOn, rules.Demo, rules.Outlook = "2021-01-11", "2024-12-31", true, programme.Sun
	rules.Pilots = []programme.Pilot{{Name: "Sous-préfète", Title: "Services de l’État"}}
	list = append(list, demoAction{Action: rules, axes: []string{"simplify"}, owners: []string{state, ales},
		since: "2020-07-06", costs: costs(programme.Operation, 2021, 200_000, 200_000, 200_000, 200_000),
		lines: []demoLine{
			{state, "", programme.OwnFunds, 2021, 200_000, 0, programme.Paid, "2020-08-01"}, {state, "", programme.OwnFunds, 2022, 200_000, 0, programme.Paid, "2021-08-01"},
			{state, "", programme.OwnFunds, 2023, 200_000, 0, programme.Paid, "2022-08-01"}, {state, "", programme.OwnFunds, 2024, 200_000, 0, programme.Paid, "2023-08-01"},
		},
		milestones: []programme.Milestone{{Title: "Ouverture du guichet", DueOn: "2021-02-01", ReachedOn: "2021-02-01"}, {Title: "Bilan publié", DueOn: "2024-12-31", ReachedOn: "2024-12-12"}},
		indicators: []demoIndicator{indicator("Dossiers traités", "dossiers", 0, "2021-01-11", 60, "2024-12-31", value("2022-12-31", 25), value("2024-12-10", 63))},
		moves:      []demoMove{{"2020-10-01", programme.Planned}, {"2021-01-12", programme.UnderWay}, {"2024-12-12", programme.Done}},
	})

	last := sheet("ALES-10", "Logistique du dernier kilomètre",
		"Les livraisons des zones d’activité se croisent dans le centre-ville ; chaque entreprise affrète seule.",
		"Plateforme commune de groupage et véhicules légers partagés entre les entreprises."+example, "")
	last.Demo, last.Commitment, last.Outlook = true, programme.Intention, programme.Overcast
	last.StartsOn, last.EndsOn = day(year+1, 60), day(year+3, 60)
	last.Pilots = []programme.Pilot{{Name: "Chargé de mission mobilité", Title: "Alès Agglomération"}}
	list = append(list, demoAction{Action: last, axes: []string{"innovate"}, owners: []string{ales},
		since: when.Day(year-1, 10, 6), costs: costs(programme.Investment, year+1, 1_200_000, 1_300_000),
		lines: []demoLine{
			{feder, "FEDER 2021-2027", programme.Grant, year + 1, 600_000, 0, programme.Foreseen, today.AddDays(2)}, {ales, "Budget principal", programme.OwnFunds, year + 1, 300_000, 0, programme.Foreseen, today.AddDays(2)},
			{region, "Mobilité durable", programme.Grant, year + 2, 500_000, 0, programme.Asked, today.AddDays(-50)},
		},
		milestones: []programme.Milestone{{Title: "Plan de financement bouclé", DueOn: today.AddDays(21)}},
		indicators: []demoIndicator{indicator("Tournées regroupées", "tournées par jour", 0, when.Day(year-1, 10, 6), 30, day(year+3, 60))},
		notes:      []programme.Note{{On: today.AddDays(-9), Text: "Fiche proposée pour relecture par le comité."}},
		moves:      []demoMove{{today.AddDays(-40), programme.Planned}},
	})
	return list
}
