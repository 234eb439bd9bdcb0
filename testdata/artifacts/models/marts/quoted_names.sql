select 'tab	"quote" \ ü 🙂' as "a b", {{ kinds.tripled('1') }} as three
