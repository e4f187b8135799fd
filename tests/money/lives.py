"""Acts drawn at random, done with the real services: what the books allow must be done, all else refused."""

from tests.money.assessors import Assessors
from tests.money.employers import Employers
from tests.money.finance import Finance
from tests.money.world import World


class Lives(Employers, Assessors, Finance):
    """Everybody's acts in one world."""

    def __init__(self, world: World, seed: int, wanted: int) -> None:
        super().__init__(world, seed, wanted)
        self.acts = [
            (15, self.buy),
            (13, self.send_drafts),
            (8, self.complete),
            (26, self.assess),
            (6, self.resubmit),
            (7, self.agree),
            (4, self.undo),
            (2, self.recall),
            (2, self.withdraw),
            (1, self.lapse),
            (4, self.draw_up),
            (1, self.draw_up_again),
            (8, self.release),
            (1, self.cancel),
            (8, self.bank_result),
            (2, self.say_returned),
            (2, self.decide_return),
            (3, self.propose_recovery),
            (4, self.decide_recovery),
            (1, self.repay),
            (1, self.change_account),
            (3, self.verify_account),
            (1, self.suspend),
        ]
